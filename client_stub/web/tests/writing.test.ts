/** From what stands on a form to what is written down: what was typed is there, and nothing else. */

import { expect, it, vi } from "vitest";
import { newId } from "../src/protocol/ids";
import type { Fields, Op, TypeInfo } from "../src/protocol/types";
import { leftOf } from "../src/parts/draft";
import { once } from "../src/parts/saving";
import { memberEdits } from "../src/screens/member";
import { Drafts, type Draft } from "../src/store/drafts";
import { write } from "../src/work/edits";
import { changeOf, divide, numberIn } from "../src/work/forms";
import { check } from "../src/protocol/checks";
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

const LISTS: TypeInfo = {
  ...LINK,
  fields: {
    address: TEXT,
    phones: { type: "list", merge: "set", items: { type: "string", check: "phone" } },
    periods: { type: "list", merge: "set", items: { type: "object", fields: { from: { type: "date" } } } },
    remarks: { type: "list", merge: "log", items: { type: "object", fields: { text: { type: "text" } } } },
  },
};

it("a row that was begun and left empty is not written, and holds up nothing beside it", () => {
  const values = { address: "ул. Садовая, 3", phones: ["+79991234567", " "], periods: [{}, { from: "" }], remarks: [{ text: "" }] };
  expect(changeOf(LISTS, {}, values)).toEqual({ set: { address: "ул. Садовая, 3" }, add: { phones: ["+79991234567"] } });
});

it("a number with too many digits is written as it was typed, apart from the rest", () => {
  const info: TypeInfo = { ...LINK, fields: { address: TEXT, rooms: { type: "integer", merge: "latest" } } };
  const values = { address: "ул. Садовая, 3", rooms: numberIn("99999999999999999999") };
  const isDoubtful = (name: string) => check(info.fields[name]!, (values as Fields)[name], "2026-05-01") !== null;
  const parts = divide(changeOf(info, {}, values), isDoubtful);
  expect(parts).toEqual([{ set: { address: "ул. Садовая, 3" } }, { set: { rooms: "99999999999999999999" } }]);
  expect([numberIn("1 234,5"), numberIn(" "), numberIn("двое")]).toEqual([1234.5, null, "двое"]);
});

it("a mend clears what its original cleared, but for what the server would not have cleared", () => {
  const info: TypeInfo = { ...LINK, fields: { address: TEXT, stove: TEXT, number: TEXT } };
  const op = { set: { address: "?", stove: null, number: null } } as unknown as Op;
  const errors = { address: ["Не годится."], number: ["Не очищается."] };
  expect(mended(info, op, errors, { ...written(op), address: "ул. Садовая, 3" })).toEqual({ set: { address: "ул. Садовая, 3", stove: null } });
});

it("a form is written down once, however often «Записать» is tapped, and once more where it failed", async () => {
  const store = await enrolled(await Register.make());
  const fail = vi.fn();
  const begin = once(fail);
  const [visit, notes] = [newId(), ["x".repeat(300_000), "Печь дымит"]];
  const save = () => begin(async () => void (await write(store, [{ type: "visit", id: visit, change: { add: { notes: [notes.shift()] } } }], "w")));
  await Promise.all([save(), save()]);
  expect([store.outbox.size, fail.mock.calls[0]![0].code]).toEqual([0, "op_too_large"]);
  await Promise.all([save(), save()]);
  await save();
  expect([store.outbox.size, fail.mock.calls.length]).toEqual([1, 1]);
});

it("a form that was written down before the app was killed does not come back to be written twice", async () => {
  const store = await enrolled(await Register.make());
  const drafts = await Drafts.open(store.db, store.key, "w");
  const draft = { ...typed("visit", { notes: ["Печь дымит"] }), key: "visit:f" };
  drafts.save(draft);
  expect(leftOf({ store, drafts }, "visit:f")).toBe(draft);
  await write(store, [{ type: "visit", id: draft.id, change: { add: { notes: ["Печь дымит"] } } }], "w");
  expect(leftOf({ store, drafts }, "visit:f")).toBeUndefined();
  expect(drafts.all()).toEqual([]);
});
