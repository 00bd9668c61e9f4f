/** A new record of any type that tablets write; a family in the settlement where it was met. */

import { replace, useApp, useStore } from "../app/context";
import { t } from "../app/speech";
import { editsOf, useForm } from "../parts/draft";
import { Page } from "../parts/page";
import { candidates, feedFor } from "../parts/picker";
import { RecordForm } from "../parts/recordform";
import { Save } from "../parts/save";
import type { Fields, TypeInfo } from "../protocol/types";
import type { Store } from "../store/store";
import { localDay, now } from "../work/clock";
import { typeTitle } from "../work/titles";
import { look } from "../work/view";

export function NewRecord({ type, parent }: { type: string; parent: string }) {
  const store = useStore();
  const { session } = useApp();
  const info = store.get("schemas")!.types[type];
  if (!info) return <Page title={type} back><p>{t("Такого вида записей нет.", "There is no such type of records.")}</p></Page>;
  return <Open key={type + parent} type={type} parent={parent} info={info} worker={session.worker} />;
}

function Open({ type, parent, info, worker }: { type: string; parent: string; info: TypeInfo; worker: string }) {
  const store = useStore();
  const fixed = parent ? parentField(store, info, parent) : {};
  const form = useForm(`new:${type}:${parent}`, type, null, `new/${type}/${parent}`, () => ({ ...guesses(store, type, info, worker), ...fixed }));
  const feed = ["family", "person"].includes(type) ? feedFor(store, form.values["territory"]) : undefined;
  return (
    <Page title={`${typeTitle(store, type)}: ${t("новая запись", "a new record")}`} back>
      <RecordForm type={type} info={info} form={form} fixed={Object.keys(fixed)} />
      <Save form={form} edits={() => editsOf(store, form.draft, info, feed)} onSaved={() => replace(...(type === "family" ? ["family"] : ["record"]), form.draft.id)} />
    </Page>
  );
}

/** The field by which the new record belongs to the one from which the form was opened. */
function parentField(store: Store, info: TypeInfo, parent: string): Fields {
  const type = look(store, parent)?.type;
  const found = Object.entries(info.fields).find(([, field]) => field.ref === type && field.type === "ref");
  return found ? { [found[0]]: parent } : {};
}

/** What can be guessed for any type: the only settlement, this worker, this team, today. */
function guesses(store: Store, type: string, info: TypeInfo, worker: string): Fields {
  const values: Fields = {};
  for (const [name, field] of Object.entries(info.fields)) {
    if (field.type === "ref" && field.ref === "team" && field.required) values[name] = store.get("team")!.id;
    if (field.type === "ref" && field.ref === "worker" && field.required) values[name] = worker;
    if (field.type === "ref" && field.ref === "territory" && field.required) {
      const known = candidates(store, "territory");
      if (known.length === 1) values[name] = known[0]!.value;
    }
  }
  if (type === "family") values["first_contact"] = localDay(now(store));
  return values;
}
