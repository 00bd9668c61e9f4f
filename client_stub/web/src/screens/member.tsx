/** A person who joins a family: the person and the membership on one form, written down together. */

import { replace, useStore } from "../app/context";
import { t } from "../app/speech";
import { editsOf, useForm } from "../parts/draft";
import { Page } from "../parts/page";
import { feedFor } from "../parts/picker";
import { RecordForm } from "../parts/recordform";
import { Save } from "../parts/save";
import { localDay, now } from "../work/clock";
import type { Edit } from "../work/edits";
import { families } from "../work/families";
import { changeOf } from "../work/forms";
import { familyTitle } from "../work/titles";

export function NewMember({ family: id }: { family: string }) {
  const store = useStore();
  const schemas = store.get("schemas")!;
  const family = families(store).get(id);
  const person = useForm(`member:${id}`, "person", null, `member/${id}`, () => ({}));
  const link = useForm(`link:${id}`, "membership", null, `member/${id}`, () => ({ family: id, person: person.draft.id, periods: [{ from: localDay(now(store)) }] }));
  if (!family) return <Page title={t("Новый человек", "A new person")} back><p>{t("Этой семьи на планшете нет.", "This family is not on the tablet.")}</p></Page>;
  const edits = (): Edit[] => {
    const change = changeOf(schemas.types["membership"]!, {}, link.values);
    return [
      ...editsOf(store, person.draft, schemas.types["person"]!, feedFor(store, family.view.fields["territory"])),
      { type: "membership", id: link.draft.id, change },
    ];
  };
  const saved = () => void link.drop().then(() => replace("family", id));
  return (
    <Page title={`${familyTitle(family)}: ${t("новый человек", "a new person")}`} back>
      <RecordForm type="membership" info={schemas.types["membership"]!} form={link} hidden={["family", "person"]} />
      <RecordForm type="person" info={schemas.types["person"]!} form={person} />
      <Save form={person} edits={edits} onSaved={saved} />
    </Page>
  );
}
