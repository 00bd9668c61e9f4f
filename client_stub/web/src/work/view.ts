/**
 * What the screen shows of a record: the server's copy with this tablet's own unsent ops laid over it. No merging
 * happens here, only laying over. An op that the server has acknowledged goes on being laid over until a pull brings
 * the rev that holds it, so nothing vanishes from the screen in between.
 */

import { canonical } from "../protocol/canonical";
import type { Candidate, Fields, Op, Schemas } from "../protocol/types";
import type { Store } from "../store/store";
import type { ServerRecord } from "../store/tables";

/** A record on screen. `rev` 0: the server has none yet; `unsent` counts the outbox's ops. */
export interface View {
  type: string;
  id: string;
  rev: number;
  epoch: string;
  fields: Fields;
  disputed: Record<string, Candidate[]>;
  incomplete: string[];
  warnings?: Record<string, string[]>;
  unsent: number;
  deleted: boolean;
}

interface Unshown {
  seq: number;
  sent: boolean;
  op: Op;
}

const made = new WeakMap<Store, { revision: number; views: Map<string, View>; types: Map<string, View[]> }>();

/** The record as it stands on this tablet, or undefined when it knows nothing of it. */
export function look(store: Store, id: string): View | undefined {
  return current(store).views.get(id);
}

/** All records of a type, deleted ones left out. */
export function every(store: Store, type: string): View[] {
  return current(store).types.get(type) ?? [];
}

function current(store: Store) {
  const known = made.get(store);
  if (known?.revision === store.revision) return known;
  const views = viewsOf(store);
  const types = new Map<string, View[]>();
  for (const view of views.values()) {
    if (view.deleted) continue;
    const list = types.get(view.type);
    if (list) list.push(view);
    else types.set(view.type, [view]);
  }
  const fresh = { revision: store.revision, views, types };
  made.set(store, fresh);
  return fresh;
}

function viewsOf(store: Store): Map<string, View> {
  const schemas = store.get("schemas");
  const views = new Map<string, View>(store.tables.records);
  for (const [id, ops] of unshown(store)) {
    const copy = store.tables.records.get(id);
    views.set(id, laidOver(copy, ops, schemas, store.get("epoch") ?? ""));
  }
  return views;
}

function laidOver(copy: ServerRecord | undefined, ops: Unshown[], schemas: Schemas | undefined, epoch: string): View {
  const first = ops[0]!.op;
  const base: View = copy
    ? copy
    : { type: first.type, id: first.id, rev: 0, epoch, fields: {}, disputed: {}, incomplete: [], unsent: 0, deleted: false };
  const kinds = (name: string) => schemas?.types[base.type]?.fields[name]?.merge;
  const fields = layOver(base.fields, ops.map(({ op }) => op), kinds);
  const deletions = ops.filter(({ op }) => op.delete !== undefined);
  return {
    ...base,
    fields,
    unsent: ops.filter(({ sent }) => !sent).length,
    deleted: deletions.at(-1)?.op.delete ?? false,
  };
}

/** The ops that the server's records do not show yet, by record and `seq`. */
function unshown(store: Store): Map<string, Unshown[]> {
  const found: Unshown[] = [];
  for (const row of store.outbox.values()) {
    if (row.body) found.push({ seq: row.seq, sent: false, op: JSON.parse(row.body) });
  }
  for (const row of store.tables.acknowledged.values()) {
    if (row.body === null || row.outcome === "quarantined") continue;
    const copy = store.tables.records.get(row.record);
    const shown = copy && copy.epoch === row.acknowledgedIn && (row.rev === null || copy.rev >= row.rev);
    if (!shown) found.push({ seq: row.seq, sent: true, op: JSON.parse(row.body) });
  }
  found.sort((a, b) => a.seq - b.seq);
  const byRecord = new Map<string, Unshown[]>();
  for (const each of found) byRecord.set(each.op.id, [...(byRecord.get(each.op.id) ?? []), each]);
  return byRecord;
}

/** `fields` with ops laid over them in order: `set` replaces, `add` joins or appends, `remove` takes out, `inc` counts. */
export function layOver(fields: Fields, ops: Op[], kindOf: (name: string) => string | undefined): Fields {
  const shown: Fields = { ...fields };
  for (const op of ops) {
    for (const [name, value] of Object.entries(op.set ?? {})) {
      shown[name] = value !== null && kindOf(name) === "states" ? value.to : value;
    }
    for (const [name, values] of Object.entries(op.add ?? {})) {
      const before: any[] = shown[name] ?? [];
      shown[name] = kindOf(name) === "log" ? appended(before, values, op) : joined(before, values);
    }
    for (const [name, values] of Object.entries(op.remove ?? {})) {
      const taken = new Set(values.map(canonical));
      shown[name] = (shown[name] ?? []).filter((each: any) => !taken.has(canonical(each)));
    }
    for (const [name, amount] of Object.entries(op.inc ?? {})) shown[name] = (shown[name] ?? 0) + amount;
  }
  return Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== null && value !== undefined));
}

function appended(entries: any[], values: any[], op: Op): any[] {
  return [...entries, ...values.map((value, i) => ({ op: op.op, at: op.at, by: op.by ?? null, i, value }))];
}

function joined(elements: any[], values: any[]): any[] {
  const known = new Set(elements.map(canonical));
  return [...elements, ...values.filter((value) => !known.has(canonical(value)))];
}
