/** How an edit becomes an op in the outbox, which it leaves only once the server has acknowledged it. */

import { newId } from "../protocol/ids";
import { seal } from "../protocol/sealing";
import { Trouble } from "../protocol/trouble";
import type { Change, Op } from "../protocol/types";
import type { Store, Write } from "../store/store";
import { nextStamp } from "./clock";
import type { View } from "./view";

export const MAX_OP_BYTES = 256 * 1024;

/** One op to be written. `opened`: the record as it was on screen when the form was opened; absent: it is new. */
export interface Edit {
  type: string;
  id: string;
  change: Change;
  opened?: View | Pick<View, "rev" | "epoch" | "disputed">;
  feed?: string;
}

/**
 * Puts edits into the outbox in one transaction, sealed at once, and returns their ops. `by`: the worker who writes.
 * An edit of a disputed field becomes an op of its own that names the candidates on the screen. Throws Trouble
 * `op_too_large`; then nothing is stored.
 */
export async function write(store: Store, edits: Edit[], by: string | null): Promise<Op[]> {
  const parts = edits.flatMap((edit) => apart(edit));
  return store.write(async (tx) => {
    const ops: Op[] = [];
    for (const edit of parts) ops.push(await queue(tx, head(tx, edit, by)));
    for (const op of ops) bind(tx, op);
    return ops;
  });
}

/** A photo whose attachment was just written waits from now on to be handed in. */
function bind(tx: Write, op: Op): void {
  const photo = tx.row("photos", op.id);
  if (photo && photo.op === null) tx.put("photos", op.id, { ...photo, op: op.op });
}

function head(tx: Write, edit: Edit, by: string | null): Op {
  const epoch = edit.opened?.epoch || tx.get("epoch")!;
  return {
    op: newId(),
    type: edit.type,
    id: edit.id,
    seq: nextSeq(tx),
    epoch,
    base: Math.max(edit.opened?.rev ?? 0, highestBase(tx, edit.id, epoch)),
    at: nextStamp(tx),
    schema: tx.get("schemas")!.version,
    ...(by ? { by } : {}),
    ...(edit.feed ? { feed: edit.feed } : {}),
    ...edit.change,
  };
}

/** Puts a finished op into the outbox, where it stays as it is: a second thought is a second op. */
export async function queue(tx: Write, op: Op, device: string | null = null): Promise<Op> {
  const body = JSON.stringify(op);
  if (new TextEncoder().encode(body).length > MAX_OP_BYTES) throw new Trouble("op_too_large");
  const sealed = await seal(body, tx.get("serverKeys")!.seal);
  tx.queue({ seq: op.seq, op: op.op, device, mends: op.mends ?? null, at: op.at, sealed, body });
  return op;
}

/** The next number of this tablet's ops, never used before under any identity. */
export function nextSeq(tx: Write): number {
  const seq = (tx.get("seq") ?? 0) + 1;
  tx.set({ seq });
  return seq;
}

/** The highest `base` used for a record in an epoch: along `seq` it must not fall. */
function highestBase(tx: Write, record: string, epoch: string): number {
  let highest = 0;
  for (const [, row] of tx.rows("acknowledged")) {
    if (row.record === record && row.epoch === epoch) highest = Math.max(highest, row.base);
  }
  for (const { body } of tx.waiting()) {
    if (!body?.includes(record)) continue;
    const op = JSON.parse(body) as Op;
    if (op.id === record && op.epoch === epoch) highest = Math.max(highest, op.base);
  }
  return highest;
}

function apart(edit: Edit): Edit[] {
  const { set = {}, ...rest } = edit.change;
  const disputed = edit.opened?.disputed ?? {};
  if (edit.change.over) return [edit];
  const plain = Object.fromEntries(Object.entries(set).filter(([name]) => !(name in disputed)));
  const change: Change = Object.keys(plain).length ? { ...rest, set: plain } : rest;
  const edits: Edit[] = Object.keys(change).length ? [{ ...edit, change }] : [];
  for (const name of Object.keys(set).filter((each) => each in disputed)) {
    const over = disputed[name]!.map((candidate) => candidate.op);
    edits.push({ ...edit, change: { set: { [name]: set[name] }, over } });
  }
  return edits;
}

/** Takes back an op that has not been sent: it is as if it had never been written. False when it is too late. */
export async function takeBack(store: Store, ops: string[]): Promise<boolean> {
  return store.write((tx) => {
    const rows = tx.waiting().filter((row) => ops.includes(row.op));
    if (rows.length !== ops.length || rows.some((row) => row.device !== null)) return false;
    rows.forEach((row) => tx.unqueue(row.op));
    for (const [id, photo] of tx.rows("photos")) if (photo.op && ops.includes(photo.op)) tx.put("photos", id, { ...photo, op: null });
    return true;
  });
}
