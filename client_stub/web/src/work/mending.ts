/**
 * Mending: a quarantined op is written again with what was wrong put right, in the name of the first one. The server
 * puts it in the original's place, so it goes out under the device that sent the original.
 */

import { newId } from "../protocol/ids";
import type { Change, Fields, Op, TypeInfo } from "../protocol/types";
import type { Store } from "../store/store";
import type { ToMend } from "../store/tables";
import { nextStamp } from "./clock";
import { nextSeq, queue } from "./edits";
import { changeOf } from "./forms";
import { look, type View } from "./view";

/** Quarantined ops that nobody has settled or mended, the oldest first. */
export function toMend(store: Store): ToMend[] {
  const open = [...store.tables.mend.values()].filter((copy) => copy.settled === null && copy.mendedBy === null);
  return open.sort((a, b) => (a.op < b.op ? -1 : 1));
}

/** What this tablet has written of late and the server's soft checks have doubts about. */
export function doubtful(store: Store): View[] {
  const written = new Set([...store.tables.acknowledged.values()].map((row) => row.record));
  const views = [...written].map((id) => look(store, id)).filter((view) => view !== undefined);
  return views.filter((view) => !view.deleted && Object.keys(view.warnings ?? {}).length);
}

/** Puts the mend of a quarantined op into the outbox: `change` stands instead of what the original wrote. */
export async function mend(store: Store, copy: ToMend, change: Change, by: string | null): Promise<Op> {
  const { set: _set, add: _add, remove: _remove, inc: _inc, ...head } = JSON.parse(copy.body!) as Op;
  return store.write(async (tx) => {
    const own = { op: newId(), seq: nextSeq(tx), at: nextStamp(tx), schema: tx.get("schemas")!.version, mends: copy.op };
    const op: Op = { ...head, ...(by ? { by } : {}), ...change, ...own };
    tx.put("mend", copy.op, { ...copy, mendedBy: op.op });
    return queue(tx, op, copy.device);
  });
}

/** The values that the op wrote, as a form holds them. */
export function written(op: Op): Fields {
  const set = Object.fromEntries(Object.entries(op.set ?? {}).map(([name, value]) => [name, isStep(value) ? value.to : value]));
  return { ...set, ...op.add, ...op.inc };
}

function isStep(value: any): value is { from: any; to: any } {
  return value !== null && typeof value === "object" && "to" in value && "from" in value;
}

/** The state from which the op stepped. */
export function before(op: Op, name: string): any {
  const value = op.set?.[name];
  return isStep(value) ? value.from : undefined;
}

/**
 * The op's parts again, with the form's values. What it removed stays removed, what it cleared stays cleared unless the
 * server had something against that (`errors`, by path); any other field left empty is left out.
 */
export function mended(info: TypeInfo, op: Op, errors: Record<string, unknown>, values: Fields): Change {
  const wrong = new Set(Object.keys(errors).map((path) => path.split(".")[0]!));
  const steps = Object.fromEntries(Object.keys(op.set ?? {}).map((name) => [name, before(op, name)]));
  const change = changeOf(info, steps, values);
  const cleared = Object.keys(op.set ?? {}).filter((name) => op.set![name] === null && !wrong.has(name) && !(name in (change.set ?? {})));
  const set = { ...change.set, ...Object.fromEntries(cleared.map((name) => [name, null])) };
  return { ...change, ...(Object.keys(set).length ? { set } : {}), ...(op.remove ? { remove: op.remove } : {}) };
}
