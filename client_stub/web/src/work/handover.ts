/**
 * What can be handed in next, and under which identity: the outbox in its order, then what a restored server lacks.
 * Before a batch goes out its ops are marked with the device that sends them. From then on the server may hold them, so
 * they go out under that device and no other, also when the tablet has enrolled again since.
 */

import { offer } from "../protocol/sealing";
import type { Store, Write } from "../store/store";
import { due, offers } from "./kept";

/** An op to be handed in: `wire` goes out byte for byte. `body`: readable here; `kept`: it is offered again. */
export interface Outgoing {
  op: string;
  wire: string;
  body: string | null;
  kept: boolean;
}

const utf8 = new TextEncoder();

/**
 * The next batch under an identity: at most `ops` and `size` bytes of them, but one if one waits. A mend waits until the
 * server has been `met` in this sync and offered what it lacks: a restored one may have lost the op to be mended.
 */
export async function take(store: Store, device: string, ops: number, size: number, met: boolean): Promise<Outgoing[]> {
  return store.write(async (tx) => {
    const rows = fit(ready(tx, device, met).slice(0, ops), size, (row) => row.body ?? offer(row.sealed, {}));
    for (const row of rows) if (row.device === null) tx.queue({ ...row, device });
    if (rows.length) {
      return rows.map(({ op, body, sealed }) => ({ op, body, wire: body ?? offer(sealed, {}), kept: false }));
    }
    const again = offers(tx, device, ops);
    const sealed = await store.sealed(again.map((row) => row.op));
    const wires = again.map((row, i) => ({ op: row.op, body: null, kept: true, wire: offer(sealed[i]!, row.was) }));
    return fit(wires, size, (each) => each.wire);
  });
}

/** Whether anything can be handed in under an identity. */
export async function isReady(store: Store, device: string): Promise<boolean> {
  return store.write((tx) => ready(tx, device, true).length > 0 || offers(tx, device, 1).length > 0);
}

/** A revoked tablet gets no other identity: an admin sorts out what it sends. */
function ready(tx: Write, device: string, met: boolean) {
  const takesNew = device === tx.get("device") && (tx.get("revoked") || !tx.get("reenrol"));
  const lacking = new Set(due(tx).map((row) => row.op));
  return tx.waiting().filter((row) => {
    const mine = row.device === device || (row.device === null && takesNew);
    return mine && (row.mends === null || (met && !lacking.has(row.mends)));
  });
}

function fit<T>(waiting: T[], size: number, wire: (each: T) => string): T[] {
  const batch: T[] = [];
  for (const each of waiting) {
    size -= utf8.encode(wire(each)).length + 1;
    if (batch.length && size < 0) break;
    batch.push(each);
  }
  return batch;
}
