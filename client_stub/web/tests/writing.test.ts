/** From what stands on a form to what is written down: what was typed is there, and nothing else. */

import { expect, it } from "vitest";
import { newId } from "../src/protocol/ids";
import type { Fields, Op, TypeInfo } from "../src/protocol/types";
import { memberEdits } from "../src/screens/member";
import type { Draft } from "../src/store/drafts";
import { mended, written } from "../src/work/mending";
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

it("a mend clears what its original cleared, but for what the server would not have cleared", () => {
  const info: TypeInfo = { ...LINK, fields: { address: TEXT, stove: TEXT, number: TEXT } };
  const op = { set: { address: "?", stove: null, number: null } } as unknown as Op;
  const errors = { address: ["Не годится."], number: ["Не очищается."] };
  expect(mended(info, op, errors, { ...written(op), address: "ул. Садовая, 3" })).toEqual({ set: { address: "ул. Садовая, 3", stove: null } });
});
