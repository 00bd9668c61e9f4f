/** What the server could not take as it was written: the same form again, with what it said beside the fields. */

import { useStore, useApp, goBack } from "../app/context";
import { t } from "../app/speech";
import { Field } from "../parts/field";
import { useForm } from "../parts/draft";
import { Banner, Card, Page } from "../parts/page";
import { useSaving } from "../parts/saving";
import { toast } from "../parts/toast";
import type { Op } from "../protocol/types";
import type { ToMend } from "../store/tables";
import { before, mend, mended, written } from "../work/mending";
import { fieldLabel, title, typeTitle } from "../work/titles";

export function Mend({ op }: { op: string }) {
  const store = useStore();
  const copy = store.tables.mend.get(op);
  if (!copy?.body || copy.settled) return <Page title={t("Исправление", "Mending")} back><p>{t("Исправлять нечего.", "Nothing needs mending.")}</p></Page>;
  return <Open copy={copy} />;
}

function Open({ copy }: { copy: ToMend }) {
  const store = useStore();
  const { session } = useApp();
  const info = store.get("schemas")!.types[copy.type];
  const op = JSON.parse(copy.body!) as Op;
  const form = useForm(`mend:${copy.op}`, copy.type, null, `mend/${copy.op}`, () => written(op));
  const names = Object.keys(written(op));
  const errors = (name: string) => Object.entries(copy.errors).filter(([path]) => path.split(".")[0] === name).flatMap(([, said]) => said);
  const whole = Object.entries(copy.errors).filter(([path]) => !names.includes(path.split(".")[0]!));
  const { save, trouble } = useSaving(async () => {
    await mend(store, copy, info ? mended(info, op, copy.errors, form.values) : { set: form.values }, session.worker);
    await form.drop();
    toast(t("Исправлено: уйдёт со следующей отправкой", "Mended: it goes with the next sending"));
    goBack();
  });
  return (
    <Page title={`${typeTitle(store, copy.type)}: ${title(store, copy.type, copy.record, op.set)}`} back>
      {whole.map(([path, said]) => (
        <Banner tone="warn" key={path}>{fieldLabel(store, copy.type, path)}: {said.join(" ")}</Banner>
      ))}
      <Card>
        {names.map((name) =>
          info?.fields[name] ? (
            <Field key={name} type={copy.type} name={name} info={info.fields[name]} value={form.values[name]} before={before(op, name)} errors={form.values[name] === written(op)[name] ? errors(name) : []} onChange={(value) => form.put(name, value)} />
          ) : (
            <p key={name}>{name}: {JSON.stringify(form.values[name])} — {errors(name).join(" ")}</p>
          ),
        )}
      </Card>
      {trouble}
      <div class="foot">
        <button class="main-button wide" onClick={save}>{t("Исправлено", "Mended")}</button>
      </div>
    </Page>
  );
}
