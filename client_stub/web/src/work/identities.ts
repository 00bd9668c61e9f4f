/**
 * Who this tablet is to the server: a device an enrolment, and the devices that it was before. What the server may hold
 * of an earlier device is finished under that device and its token, so that nothing arrives twice.
 */

import { seal } from "../protocol/sealing";
import type { Write } from "../store/store";
import type { Former } from "../store/tables";

/** The earlier devices at the server of today: the one with the same key to seal to. */
export function formers(tx: Pick<Write, "rows" | "get">): Former[] {
  const all = [...tx.rows("formers")].map(([, former]) => former);
  return all.filter((former) => former.seal === tx.get("serverKeys")!.seal).sort((a, b) => (a.device < b.device ? -1 : 1));
}

/** Whether ops of an earlier device are undecided: the office's decision is told to that device alone. */
export function awaitsWord(tx: Write, device: string): boolean {
  return tx.kept().some((row) => {
    const outcome = row.device === device && tx.row("acknowledged", row.op)?.outcome;
    return outcome === "quarantined" || outcome === "stored";
  });
}

/** The server has met two tablets that call themselves this device: what is written from now on waits for another. */
export function learnOfTwin(tx: Write): void {
  if (tx.get("reenrol")) return;
  for (const row of tx.waiting()) if (row.device === null) tx.queue({ ...row, device: tx.get("device")! });
  tx.set({ reenrol: true });
}

/** Become another device, before what the enrolment said is stored. */
export async function change(tx: Write, device: string, sealKey: string): Promise<void> {
  const [earlier, token, key] = [tx.get("device"), tx.get("token"), tx.get("serverKeys")?.seal];
  if (!earlier) return;
  if (earlier !== device) {
    tx.put("formers", earlier, { device: earlier, token: token!, seal: key! });
    tx.set({ reenrol: false, revoked: false });
  }
  if (key !== sealKey) await address(tx, sealKey);
}

/** Another server, which holds nothing of this tablet: all that waits is new to it, and sealed to its key. */
async function address(tx: Write, sealKey: string): Promise<void> {
  for (const [op, copy] of tx.rows("mend")) tx.put("mend", op, { ...copy, device: null });
  for (const row of tx.waiting()) {
    if (row.body) tx.queue({ ...row, device: null, sealed: await seal(row.body, sealKey) });
  }
}

/** The server does not know an earlier device, so it holds nothing of it: all of it is this device's now. */
export function adopt(tx: Write, former: Former): void {
  const device = tx.get("device")!;
  for (const row of tx.waiting()) if (row.device === former.device) tx.queue({ ...row, device: null });
  for (const row of tx.kept()) if (row.device === former.device) tx.keep(row.op, { device });
  for (const [op, copy] of tx.rows("mend")) if (copy.device === former.device) tx.put("mend", op, { ...copy, device });
  for (const [id, photo] of tx.rows("photos")) if (photo.device === former.device) tx.put("photos", id, { ...photo, device });
  tx.put("formers", former.device, null);
}
