/** Any record that is on this tablet, opened to be corrected. */

import { goBack, useStore } from "../app/context";
import { t } from "../app/speech";
import { editsOf, useForm } from "../parts/draft";
import { Banner, Page } from "../parts/page";
import { RecordForm } from "../parts/recordform";
import { Save } from "../parts/save";
import { title, typeTitle } from "../work/titles";
import { look } from "../work/view";
import { Disputes } from "./disputes";

export function Edit({ id }: { id: string }) {
  const store = useStore();
  const view = look(store, id);
  if (!view) return <Page title={t("Запись", "Record")} back><p>{t("Этой записи на планшете нет.", "This record is not on the tablet.")}</p></Page>;
  return <Open type={view.type} id={id} />;
}

function Open({ type, id }: { type: string; id: string }) {
  const store = useStore();
  const info = store.get("schemas")!.types[type]!;
  const form = useForm(`edit:${id}`, type, id, `edit/${id}`, () => ({}));
  const view = look(store, id)!;
  return (
    <Page title={`${typeTitle(store, type)}: ${title(store, type, id)}`} back>
      <Disputes view={view} />
      {view.fields["signed_at"] && (
        <Banner>{t("Запись подписана: правки станут предложениями для офиса.", "The record is signed: corrections become proposals to the office.")}</Banner>
      )}
      <RecordForm type={type} info={info} form={form} />
      <Save form={form} edits={() => editsOf(store, form.draft, info)} onSaved={goBack} />
    </Page>
  );
}
