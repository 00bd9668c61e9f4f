/**
 * What was acknowledged, kept sealed for 90 days, because a server restored from a backup has lost the latest of it.
 * Each copy remembers the revs that epochs gave it; those that the present epoch has not acknowledged are offered again.
 */

import type { KeptRow } from "../store/db";
import type { Store, Waiting, Write } from "../store/store";
import { DAY_MS } from "./clock";

const DAYS = 90;
type Kept = Omit<KeptRow, "sealed">;

/** Note that the server has acknowledged an op, in the present epoch. Call it before the op leaves the outbox. */
export function keep(tx: Write, op: string, rev: number | null, waiting?: Waiting): void {
  const known = tx.keptRow(op);
  if (!known && !waiting) return;
  const epoch = tx.get("epoch")!;
  const was = { ...known?.was, ...(rev ? { [epoch]: rev } : {}) };
  const now = { epoch, at: Date.parse(tx.get("syncedAt")!), was };
  if (known) tx.keep(op, now);
  else {
    const { seq, device, mends, sealed } = waiting!;
    tx.keep(op, { op, seq, device: device!, mends, sealed, ...now });
  }
}

/** Which sealed copies the server of today lacks and can open. */
export function due(tx: Pick<Write, "get" | "kept" | "rows">): Kept[] {
  const epoch = tx.get("epoch");
  const mine = new Set([tx.get("device")]);
  for (const [, former] of tx.rows("formers")) if (former.seal === tx.get("serverKeys")?.seal) mine.add(former.device);
  return tx.kept().filter((row) => row.epoch !== epoch && mine.has(row.device));
}

/**
 * The first of them that one identity handed in. A mend follows in a batch after the op that it mends: the server
 * settles what it knows already.
 */
export function offers(tx: Write, device: string, most: number): Kept[] {
  const rows = due(tx).filter((row) => row.device === device);
  rows.sort((a, b) => Number(a.mends !== null) - Number(b.mends !== null) || a.seq - b.seq);
  const late = rows[0]?.mends !== null;
  return rows.filter((row) => (row.mends !== null) === late).slice(0, most);
}

/** Let go of what the server has held for 90 days, unless a photo still has to follow, and of identities that have no more to do. */
export function forget(tx: Write): void {
  const then = Date.parse(tx.get("syncedAt")!) - DAYS * DAY_MS;
  const photographed = new Set([...tx.rows("photos")].map(([, photo]) => (photo.state === "confirmed" ? null : photo.op)));
  for (const row of tx.kept()) {
    if (row.at < then && row.epoch === tx.get("epoch") && !photographed.has(row.op)) {
      tx.keep(row.op, null);
      tx.put("acknowledged", row.op, null);
    }
  }
  const busy = new Set<string | null>([...tx.waiting().map((row) => row.device), ...tx.kept().map((row) => row.device)]);
  for (const [, copy] of tx.rows("mend")) if (copy.settled === null) busy.add(copy.device);
  for (const [, photo] of tx.rows("photos")) if (photo.state === "waiting") busy.add(photo.device ?? null);
  for (const [device] of tx.rows("formers")) if (!busy.has(device)) tx.put("formers", device, null);
}

/** How many ops are to be offered again. */
export function toOffer(store: Store): number {
  return due({ get: (key) => store.get(key), kept: () => [...store.kept.values()], rows: (table) => store.tables[table].entries() as any }).length;
}
