/** A person who joins a family: the person and the membership on one form, written down together. */

import { replace, useApp, useStore } from "../app/context";
import { t } from "../app/speech";
import { editsOf, useForm, type Form } from "../parts/draft";
import { Page } from "../parts/page";
import { feedFor } from "../parts/picker";
import { RecordForm } from "../parts/recordform";
import { Save } from "../parts/save";
import type { Draft } from "../store/drafts";
import type { Store } from "../store/store";
import { localDay, now } from "../work/clock";
import type { Edit } from "../work/edits";
import { families } from "../work/families";
import { changeOf } from "../work/forms";
import { familyTitle } from "../work/titles";

export function NewMember({ family: id }: { family: string }) {
  const store = useStore();
  const schemas = store.get("schemas")!;
  const { session } = useApp();
  const family = families(store).get(id);
  const person = useForm(`member:${id}`, "person", null, `member/${id}`, () => ({}));
  const link = useForm(`link:${id}`, "membership", null, `member/${id}`, () => ({ family: id, person: person.draft.id, periods: [{ from: localDay(now(store)) }] }));
  if (!family) return <Page title={t("Новый человек", "A new person")} back><p>{t("Этой семьи на планшете нет.", "This family is not on the tablet.")}</p></Page>;
  const edits = () => memberEdits(store, id, person.draft, link.draft, feedFor(store, family.view.fields["territory"]));
  const both: Form = { ...person, drop: () => session.drafts.drop(person.draft.key, link.draft.key) };
  return (
    <Page title={`${familyTitle(family)}: ${t("новый человек", "a new person")}`} back>
      <RecordForm type="membership" info={schemas.types["membership"]!} form={link} hidden={["family", "person"]} />
      <RecordForm type="person" info={schemas.types["person"]!} form={person} />
      <Save form={both} edits={edits} onSaved={() => replace("family", id)} />
    </Page>
  );
}

/** The membership names the person of this form: its own draft may be older than the person's. */
export function memberEdits(store: Store, family: string, person: Draft, link: Draft, feed?: string): Edit[] {
  const { person: aPerson, membership } = store.get("schemas")!.types;
  const change = changeOf(membership!, {}, { ...link.values, family, person: person.id });
  return [...editsOf(store, person, aPerson!, feed), { type: "membership", id: link.id, change }];
}
