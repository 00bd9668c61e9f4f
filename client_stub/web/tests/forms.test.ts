/** From a form to an op, and from a query to the families that are meant. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { check } from "../src/protocol/checks";
import { fold } from "../src/protocol/text";
import type { Fields } from "../src/protocol/types";
import { contactOf } from "../src/work/contacts";
import type { Family } from "../src/work/families";
import { changeOf, choices, divide, lacking } from "../src/work/forms";
import { distance, find, indexOf } from "../src/work/search";
import type { View } from "../src/work/view";
import { SCHEMAS } from "./tablet";

const visit = SCHEMAS.types["visit"]!;

describe("a form", () => {
  it("writes each field where its merge kind is written", () => {
    const before = { purpose: "Старая", needs: ["food", "money"], result: "held", attended: 3 };
    const after = { purpose: " Новая ", needs: ["money", "legal"], result: "refused", attended: 2, notes: ["Печь", ""] };
    expect(changeOf(visit, before, after)).toEqual({
      set: { purpose: "Новая", result: { from: "held", to: "refused" } },
      add: { needs: ["legal"], notes: ["Печь"] },
      remove: { needs: ["food"] },
      inc: { attended: 2 },
    });
  });

  it("writes nothing when nothing was changed", () => {
    const fields = { purpose: "Та же", needs: ["food"], result: "held" };
    expect(changeOf(visit, fields, { ...fields, notes: [""], attended: 0, remark: "" })).toEqual({});
  });

  it("clears a field that was emptied", () => {
    expect(changeOf(visit, { purpose: "Старая" }, { purpose: "" })).toEqual({ set: { purpose: null } });
  });

  it("doubts a day that no calendar has, and goes on", () => {
    const born = { type: "partial_date", max: "now" } as const;
    for (const text of ["1990-13-05", "1990-01-35", "1990-02-30", "1990-13"]) {
      expect(check(born, text, "2026-11-22")).toBe("type.partial_date");
    }
    expect(check(born, "1990-02", "2026-11-22")).toBeNull();
  });

  it("tells with a visit that took place when the family was last met", () => {
    const view = { id: "f", rev: 3, epoch: "e", disputed: {}, fields: { last_contact: "2026-10-01" } } as unknown as View;
    const family = { ...visit, fields: { last_contact: { type: "date", merge: "max", writer: "tablet" } as const } };
    const schemas = { ...SCHEMAS, types: { family } };
    const told = (written: Fields) => contactOf({ view } as Family, written, schemas, "2026-11-22");
    expect(told({ result: "held", started_at: "2026-11-20T10:00:00+04:00" })).toEqual([
      { type: "family", id: "f", change: { set: { last_contact: "2026-11-20" } } },
    ]);
    for (const started_at of ["2026-09-30T10:00:00+04:00", "2026-10-01T10:00:00+04:00", "2026-11-23T10:00:00+04:00", "2026-11-1", undefined]) {
      expect(told({ result: "held", started_at })).toEqual([]);
    }
    expect(told({ result: "absent", started_at: "2026-11-20T10:00:00+04:00" })).toEqual([]);
  });

  it("parts a doubtful value from its good neighbours", () => {
    const change = { set: { purpose: "Хорошо", result: { from: null, to: "held" } }, add: { needs: ["food"] } };
    const halves = divide(change, (name) => name === "purpose");
    expect(halves).toEqual([{ set: { result: change.set.result }, add: change.add }, { set: { purpose: "Хорошо" } }]);
  });

  it("offers the codes of the day, and those that were chosen before", () => {
    const code = (value: string, to: string | null) => ({ value, label: { ru: value, en: value }, from: null, to });
    const schemas = { ...SCHEMAS, codes: { needs: [code("old", "2020-01-01"), code("new", null)] } };
    expect(choices(schemas, "needs", "2026-01-01").map((each) => each.value)).toEqual(["new"]);
    expect(choices(schemas, "needs", "2026-01-01", ["old"]).map((each) => each.value)).toEqual(["old", "new"]);
  });

  it("names what is missing, also where that depends on another field", () => {
    const fields = { kind: { type: "enum", required: true }, reason: { type: "text", required_if: { field: "kind", values: ["x"] } } };
    const info = { ...visit, fields };
    expect(lacking(info, {})).toEqual(["kind"]);
    expect(lacking(info, { kind: "x" })).toEqual(["reason"]);
    const either = { ...visit, fields: { family: { type: "ref", required_without: ["person"] }, person: { type: "ref" } } };
    expect(lacking(either, {})).toEqual(["family"]);
    expect(lacking(either, { person: "p" })).toEqual([]);
  });
});

function family(name: string, given: string, address: string, number = ""): Family {
  const person = { fields: { surname: name, given, phones: ["+79111234567"] } } as unknown as View;
  const view = { id: name, fields: { address, number } } as unknown as View;
  return { view, members: [{ person, membership: view, past: false }], name, children: 0, place: "Басинский сельсовет", visits: [] };
}

describe("the search", () => {
  const index = indexOf([
    family("Королёва", "Алёна", "с Басы, ул. Мира, 1", "15/2014"),
    family("Соколова", "Наталья", "с Басы, ул. Ленина, 12"),
    family("Филиппова", "Наталия", "с Басы, пер. Степной, 3"),
  ]);
  const names = (text: string) => find(index, text).map((each) => each.name);

  it.each([
    ["королева", ["Королёва"]],
    ["КОРОЛ", ["Королёва"]],
    ["каралева", ["Королёва"]],
    ["королевой алене", ["Королёва"]],
    ["сакалова", ["Соколова"]],
    ["филипова", ["Филиппова"]],
    ["ленина 12", ["Соколова"]],
    ["15/2014", ["Королёва"]],
    ["наталья", ["Соколова", "Филиппова"]],
    ["степной наталия", ["Филиппова"]],
    ["нетакой", []],
  ])("finds by %s", (text, expected) => {
    expect(names(text)).toEqual(expected);
  });

  it("finds a word in spite of any slip behind its second letter", () => {
    const letter = fc.constantFrom(..."абвгдежзийклмнопрстуфхцчшщъыьэюя");
    const slip = fc.tuple(fc.integer({ min: 2, max: 7 }), fc.constantFrom("put", "drop", "change"), letter);
    fc.assert(
      fc.property(fc.constantFrom("королева", "соколова", "филиппова"), slip, (word, [at, how, sign]) => {
        const typed = word.slice(0, at) + (how === "drop" ? "" : sign) + word.slice(how === "put" ? at : at + 1);
        expect(names(typed).map((name) => fold(name))).toContain(word);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it("counts a swap of neighbours as one slip", () => {
    expect(distance("мира", "мриа", 2)).toBe(1);
    expect(distance("мира", "ленина", 2)).toBe(3);
  });
});
