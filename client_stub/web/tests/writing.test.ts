/** From what stands on a form to what is written down: what was typed is there, and nothing else. */

import { expect, it } from "vitest";
import { newId } from "../src/protocol/ids";
import type { Fields, TypeInfo } from "../src/protocol/types";
import { memberEdits } from "../src/screens/member";
import type { Draft } from "../src/store/drafts";
import { enrolled, Register, SCHEMAS } from "./tablet";

function typed(type: string, values: Fields): Draft {
  return { key: type, type, id: newId(), at: 0, place: "", before: {}, values, opened: null };
}

const TEXT = { type: "string", merge: "latest" };
const LINK: TypeInfo = { title: { ru: "", en: "" }, groups: [], display: [], writer: "tablet", fields: { family: TEXT, person: TEXT, role: TEXT } };
const PERSON: TypeInfo = { ...LINK, fields: { surname: TEXT } };

it("a new member is the person of the form, whoever an older draft of the membership was begun for", async () => {
  const store = await enrolled(await Register.make());
  await store.write((tx) => tx.set({ schemas: { ...SCHEMAS, types: { ...SCHEMAS.types, membership: LINK, person: PERSON } } }));
  const person = typed("person", { surname: "Орлова" });
  const link = typed("membership", { role: "child", family: "f", person: newId() });
  const [first, second] = memberEdits(store, "f", person, link);
  expect(first).toMatchObject({ type: "person", id: person.id, change: { set: { surname: "Орлова" } } });
  expect(second!.change.set).toEqual({ role: "child", family: "f", person: person.id });
});
