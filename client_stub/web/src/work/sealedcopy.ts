/**
 * What waits, sealed, outside the locked store: handed in without a PIN, copied into a file, taken back from one. All of
 * it goes out under the device that wrote it, with that device's push token, which reads nothing.
 */

import { fromBase64, toBase64 } from "../protocol/base64";
import { newId } from "../protocol/ids";
import { offer } from "../protocol/sealing";
import { Server } from "../protocol/transport";
import type { Database, OutboxRow } from "../store/db";
import type { Store } from "../store/store";

/** How this device, or an earlier one, hands in while its store is locked. `seal` names the server it belongs to. */
export interface Pusher {
  device: string;
  token: string;
  seal: string;
}

interface File {
  vyezd: "sealed";
  version: 1;
  madeAt: string;
  pushers: Pusher[];
  ops: { op: string; seq: number; device: string | null; mends: string | null; at: string; sealed: string }[];
}

const BATCH = 300; // ops of a few kilobytes: well below 4 MiB

/** Hands in what waits without opening it. The rows stay: unlocked, the tablet hears of each what became of it. */
export async function pushSealed(db: Database, lang: string, tell: (sent: number) => void): Promise<number> {
  const all = await pushers(db);
  const present = all.at(-1);
  if (present) await db.outbox.filter((row) => row.device === null).modify({ device: present.device });
  let sent = 0;
  for (const pusher of all) {
    const rows = (await db.outbox.toArray()).filter((row) => row.device === pusher.device).sort((a, b) => a.seq - b.seq);
    for (let start = 0; start < rows.length; start += BATCH) {
      const batch = rows.slice(start, start + BATCH);
      const ops = batch.map((row) => offer(row.sealed, {})).join(",");
      await new Server(pusher.token, lang).sync(`{"batch":"${newId()}","status":{"app":"web"},"ops":[${ops}]}`);
      tell((sent += batch.length));
    }
  }
  return sent;
}

/** The devices of which something may wait here, the present one last. */
async function pushers(db: Database): Promise<Pusher[]> {
  return (await db.said<Pusher[]>("pushers")) ?? [];
}

/** Notes how a device hands in. `present`: it is this tablet's own from now on. */
export async function notePusher(db: Database, pusher: Pusher, present: boolean): Promise<void> {
  const waiting = new Set((await db.outbox.toArray()).map((row) => row.device));
  const others = (await pushers(db)).filter((each) => each.device !== pusher.device);
  const last = others.at(-1)?.device;
  const busy = others.filter((each) => waiting.has(each.device) || (waiting.has(null) && each.device === last));
  if (present) await db.say("pushers", [...busy, pusher]);
  else await db.say("pushers", [pusher, ...others]);
}

/** The sealed outbox as a file's text: only the server can read what is in it. */
export async function copyOf(db: Database): Promise<string> {
  const rows = await db.outbox.toArray();
  const ops = rows.map(({ op, seq, device, mends, at, sealed }) => ({ op, seq, device, mends, at, sealed: toBase64(sealed) }));
  const file: File = { vyezd: "sealed", version: 1, madeAt: new Date().toISOString(), pushers: await pushers(db), ops };
  return JSON.stringify(file);
}

/**
 * Takes a copy's ops into the outbox, unless the store knows them, and returns how many. Throws SyntaxError when the text
 * is no such copy, RangeError when it belongs to another server.
 */
export async function takeCopy(store: Store, text: string): Promise<number> {
  const file = JSON.parse(text) as File;
  if (file?.vyezd !== "sealed" || file.version !== 1) throw new SyntaxError("no sealed copy");
  const author = file.pushers.at(-1);
  if (author?.seal !== store.get("serverKeys")!.seal) throw new RangeError("another server's");
  const others = file.pushers.filter(({ device }) => device !== store.get("device"));
  for (const pusher of others) await notePusher(store.db, pusher, false);
  return store.write((tx) => {
    const waiting = new Set(tx.waiting().map((row) => row.op));
    const fresh = file.ops.filter(({ op }) => !waiting.has(op) && !tx.keptRow(op));
    for (const pusher of others) if (fresh.length && !tx.row("formers", pusher.device)) tx.put("formers", pusher.device, pusher);
    for (const row of fresh) tx.queue({ ...row, device: row.device ?? author.device, sealed: fromBase64(row.sealed), body: null });
    tx.set({ seq: Math.max(tx.get("seq") ?? 0, ...fresh.map((row) => row.seq)) });
    return fresh.length;
  });
}

/** A store whose key is lost: its sealed rows pass to the one that takes its place. Nothing readable is left of it. */
export async function passOn(db: Database): Promise<{ formers: Pusher[]; rows: OutboxRow[] }> {
  const formers = await pushers(db);
  const rows = await db.outbox.toArray();
  return { formers, rows: rows.map((row) => ({ ...row, device: row.device ?? formers.at(-1)?.device ?? null, box: null })) };
}
