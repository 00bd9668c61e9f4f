/** From a form to the parts of an op: where each field is written depends on its merge kind alone (protocol, section 3). */

import { canonical } from "../protocol/canonical";
import type { Change, Code, FieldInfo, Fields, Schemas, TypeInfo } from "../protocol/types";

const EMPTY = (value: unknown) => value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length);

/**
 * What a form changed. `before`: the fields on the screen when it was opened; `after`: those it holds now. A log field's
 * `after` holds the new entries alone, a counter's the amount to add.
 */
export function changeOf(info: TypeInfo, before: Fields, after: Fields): Change {
  const change: Required<Pick<Change, "set" | "add" | "remove" | "inc">> = { set: {}, add: {}, remove: {}, inc: {} };
  for (const [name, value] of Object.entries(after)) {
    const merge = info.fields[name]?.merge;
    if (merge === "log") {
      const fresh = (value as any[]).map(tidy).filter((entry) => !isBlank(entry));
      if (fresh.length) change.add[name] = fresh;
    } else if (merge === "counter") {
      if (value) change.inc[name] = value;
    } else if (merge === "set") {
      Object.assign(change, setChange(change, name, before[name] ?? [], ((value as any[]) ?? []).map(tidy).filter((each) => !isBlank(each))));
    } else if (!same(before[name], value)) {
      const to = EMPTY(value) ? null : tidy(value);
      change.set[name] = merge === "states" && to !== null ? { from: before[name] ?? null, to } : to;
    }
  }
  return Object.fromEntries(Object.entries(change).filter(([, part]) => Object.keys(part).length));
}

function setChange(change: Change, name: string, before: any[], after: any[]): Partial<Change> {
  const [had, has] = [new Set(before.map(canonical)), new Set(after.map(canonical))];
  const added = after.filter((each) => !had.has(canonical(each)));
  const removed = before.filter((each) => !has.has(canonical(each)));
  return {
    add: added.length ? { ...change.add, [name]: added } : change.add,
    remove: removed.length ? { ...change.remove, [name]: removed } : change.remove,
  };
}

function same(a: unknown, b: unknown): boolean {
  return EMPTY(a) && EMPTY(b) ? true : canonical(a ?? null) === canonical(b ?? null);
}

/** A row that was begun and left empty. */
function isBlank(value: any): boolean {
  return EMPTY(value) || (typeof value === "object" && !Object.keys(value).length);
}

/** A value without the spaces around it and without the empty parts of an object. */
function tidy(value: any): any {
  if (typeof value === "string") return value.normalize("NFC").trim();
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, each]) => !EMPTY(each)).map(([key, each]) => [key, tidy(each)]));
}

/** What was typed into a number's field: null for nothing, the text itself where it is no number that JSON can say exactly. */
export function numberIn(text: string): number | string | null {
  const number = Number(text.replace(",", ".").replace(/\s/g, ""));
  if (text.trim() === "") return null;
  return Math.abs(number) <= Number.MAX_SAFE_INTEGER ? number : text;
}

export function isEmpty(change: Change): boolean {
  return Object.keys(change).length === 0;
}

/** The fields of a change divided in two: those that pass `isGood`, and the doubtful ones, for an op of their own. */
export function divide(change: Change, isDoubtful: (name: string) => boolean): Change[] {
  const halves: Change[] = [{}, {}];
  for (const [part, values] of Object.entries(change) as [keyof Change, any][]) {
    if (!["set", "add", "remove", "inc"].includes(part)) Object.assign(halves[0]!, { [part]: values });
    else {
      for (const [name, value] of Object.entries(values)) {
        const half = halves[isDoubtful(name) ? 1 : 0]! as any;
        half[part] = { ...half[part], [name]: value };
      }
    }
  }
  return halves.filter((half) => !isEmpty(half));
}

/** The values of a code list that may be chosen on a day, and `kept`, which were chosen before. */
export function choices(schemas: Schemas, list: string | undefined, day: string, kept: any[] = []): Code[] {
  const all = schemas.codes[list ?? ""] ?? [];
  return all.filter(({ value, from, to }) => ((!from || from <= day) && (!to || day <= to)) || kept.includes(value));
}

/** The fields of a type that a tablet writes, by group and order. */
export function groupsOf(info: TypeInfo): { key: string; fields: [string, FieldInfo][] }[] {
  const mine = Object.entries(info.fields).filter(([, field]) => field.writer !== "office");
  mine.sort(([, a], [, b]) => (a.order ?? 0) - (b.order ?? 0));
  const keys = [...info.groups.map((group) => group.key), ""];
  const groups = keys.map((key) => ({ key, fields: mine.filter(([, field]) => (field.group ?? "") === key) }));
  return groups.filter((group) => group.fields.length);
}

/** The fields that a record must have and lacks: shown on the form, never in the way of saving. */
export function lacking(info: TypeInfo, fields: Fields): string[] {
  return Object.entries(info.fields)
    .filter(([, field]) => field.writer !== "office" && isRequired(field, fields))
    .map(([name]) => name)
    .filter((name) => EMPTY(fields[name]));
}

function isRequired(field: FieldInfo, fields: Fields): boolean {
  const only = field.required_if;
  if (field.required_without) return field.required_without.every((name) => EMPTY(fields[name]));
  if (field.required || !only) return field.required ?? false;
  const [name, values] = Array.isArray(only) ? only : [only.field, only.values];
  return values.includes(fields[name]);
}
