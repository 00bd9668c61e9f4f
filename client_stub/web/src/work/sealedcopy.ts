/**
 * What waits, sealed, outside the locked store: handed in without a PIN, copied into a file, taken back from one. All of
 * it goes out under the device that wrote it, with that device's push token, which reads nothing.
 */

import { fromBase64, toBase64 } from "../protocol/base64";
import { newId } from "../protocol/ids";
import { offer } from "../protocol/sealing";
import { Server } from "../protocol/transport";
import { Refused } from "../protocol/trouble";
import type { Database, OutboxRow } from "../store/db";
import type { Store } from "../store/store";
import type { Photo } from "../store/tables";
import { pushPhotos, takeUp, waitingSealed, type Pushed, type SealedPhoto } from "./sealedphotos";
import type { Carry } from "./uploads";

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
  photos?: { sha256: string; ops: string[]; device: string | null; seal: string; sealed: string }[];
}

/** How many of both. */
export interface Sealed {
  ops: number;
  photos: number;
}

const BATCH = 300; // ops
const BATCH_BYTES = 2 * 1024 * 1024; // sealed: a third more on the wire, which takes 4 MiB

/**
 * Hands in what waits without opening it, photos after the records. The ops' rows stay: unlocked, the tablet hears of
 * each what became of it. `tell`: how many have gone. Throws Trouble.
 */
export async function pushSealed(db: Database, lang: string, carry: Carry, tell: (sent: Sealed) => void): Promise<Sealed & { refused: number }> {
  const all = await pushers(db);
  const present = all.at(-1);
  if (present) await db.outbox.filter((row) => row.device === null).modify({ device: present.device });
  const { ops, epoch } = await pushOps(db, all, lang, (sent) => tell({ ops: sent, photos: 0 }));
  const waiting = await waitingSealed(db);
  const total: Pushed = { sent: 0, refused: 0 };
  let left: SealedPhoto[] = []; // of devices that the server does not know
  for (const pusher of all) {
    const own = [...left, ...waiting.filter((photo) => (photo.device ?? present!.device) === pusher.device)];
    const tellOne = () => tell({ ops, photos: (total.sent += 1) });
    const push = pushPhotos(db, new Server(pusher.token, lang), own, epoch, carry, tellOne);
    const pushed = await push.catch((error) => yieldTo(error, pusher === present));
    left = pushed ? [] : own;
    total.refused += pushed?.refused ?? 0;
  }
  return { ops, photos: total.sent, refused: total.refused };
}

/** A server that does not know an earlier device holds nothing of it: the present one sends what is left. */
function yieldTo(error: unknown, isPresent: boolean): null {
  if (isPresent || !(error instanceof Refused) || error.problem !== "unauthorized") throw error;
  return null;
}

async function pushOps(db: Database, all: Pusher[], lang: string, tell: (sent: number) => void): Promise<{ ops: number; epoch?: string }> {
  let [sent, epoch]: [number, string | undefined] = [0, undefined];
  const present = all.at(-1)!;
  const push = async ({ device, token }: Pusher) => {
    const rows = (await db.outbox.toArray()).filter((row) => row.device === device).sort((a, b) => a.seq - b.seq);
    for (const batch of batches(rows)) {
      const ops = batch.map((row) => offer(row.sealed, {})).join(",");
      const { body } = await new Server(token, lang).sync(`{"batch":"${newId()}","status":{"app":"web"},"ops":[${ops}]}`);
      epoch = body.epoch;
      tell((sent += batch.length));
    }
  };
  for (const pusher of all) {
    await push(pusher).catch(async (error) => {
      yieldTo(error, pusher === present);
      await db.outbox.filter((row) => row.device === pusher.device).modify({ device: present.device });
    });
  }
  return { ops: sent, epoch };
}

/** In their order, each as much as one request may hold. */
function* batches(rows: OutboxRow[]): Generator<OutboxRow[]> {
  let [batch, size]: [OutboxRow[], number] = [[], 0];
  for (const row of rows) {
    if (batch.length && (batch.length === BATCH || size + row.sealed.length > BATCH_BYTES)) {
      yield batch;
      [batch, size] = [[], 0];
    }
    batch.push(row);
    size += row.sealed.length;
  }
  if (batch.length) yield batch;
}

/** The devices of which something may wait here, the present one last. */
async function pushers(db: Database): Promise<Pusher[]> {
  return (await db.said<Pusher[]>("pushers")) ?? [];
}

/** Notes how a device hands in. `present`: it is this tablet's own from now on. */
export async function notePusher(db: Database, pusher: Pusher, present: boolean): Promise<void> {
  const waiting = new Set([...(await db.outbox.toArray()), ...(await waitingSealed(db))].map((row) => row.device));
  const others = (await pushers(db)).filter((each) => each.device !== pusher.device);
  const last = others.at(-1)?.device;
  const busy = others.filter((each) => waiting.has(each.device) || (waiting.has(null) && each.device === last));
  if (present) await db.say("pushers", [...busy, pusher]);
  else await db.say("pushers", [pusher, ...others]);
}

/** What waits, as a file: only the server can read what is in it. */
export async function copyOf(db: Database, rows: OutboxRow[], photos: SealedPhoto[]): Promise<Blob> {
  const ops = rows.map(({ op, seq, device, mends, at, sealed }) => ({ op, seq, device, mends, at, sealed: toBase64(sealed) }));
  const head: File = { vyezd: "sealed", version: 1, madeAt: new Date().toISOString(), pushers: await pushers(db), ops };
  const parts = [JSON.stringify(head).slice(0, -1), ',"photos":['];
  for (const { sha256, device } of photos) {
    const row = await db.photos.get(sha256);
    if (!row?.seal) continue;
    const comma = parts.length > 2 ? "," : "";
    parts.push(comma + JSON.stringify({ sha256, ops: row.ops ?? [], device, seal: row.seal, sealed: toBase64(row.box) }));
  }
  return new Blob([...parts, "]}"], { type: "application/json" });
}

/** The photos of an open store that wait and are saved. */
export function waitingPhotos(store: Store): SealedPhoto[] {
  const waiting = [...store.tables.photos.values()].filter(({ state, op }) => state === "waiting" && op);
  const device = ({ op, device: own }: Photo) => own ?? store.kept.get(op!)?.device ?? store.outbox.get(op!)?.device ?? null;
  return [...new Map(waiting.map((photo) => [photo.sha256, { sha256: photo.sha256, device: device(photo) }])).values()];
}

/**
 * Takes a copy's ops into the outbox and its photos to the others, unless the store knows them, and returns how many.
 * Throws SyntaxError when the text is no such copy, RangeError when it belongs to another server.
 */
export async function takeCopy(store: Store, text: string): Promise<Sealed> {
  const file = JSON.parse(text) as File;
  if (file?.vyezd !== "sealed" || file.version !== 1) throw new SyntaxError("no sealed copy");
  const author = file.pushers.at(-1);
  if (author?.seal !== store.get("serverKeys")!.seal) throw new RangeError("another server's");
  const others = file.pushers.filter(({ device }) => device !== store.get("device"));
  for (const pusher of others) await notePusher(store.db, pusher, false);
  const photos = await takePhotos(store, file, author);
  const ops = await store.write((tx) => {
    const waiting = new Set(tx.waiting().map((row) => row.op));
    const fresh = file.ops.filter(({ op }) => !waiting.has(op) && !tx.keptRow(op));
    for (const pusher of others) if (fresh.length + photos && !tx.row("formers", pusher.device)) tx.put("formers", pusher.device, pusher);
    for (const row of fresh) tx.queue({ ...row, device: row.device ?? author.device, sealed: fromBase64(row.sealed), body: null });
    tx.set({ seq: Math.max(tx.get("seq") ?? 0, ...fresh.map((row) => row.seq)) });
    return fresh.length;
  });
  await takeUp(store);
  return { ops, photos };
}

/** Onto the disk first: `takeUp` makes them known. */
async function takePhotos(store: Store, file: File, author: Pusher): Promise<number> {
  return store.write(async () => {
    const here = new Set([...store.tables.photos.values()].map(({ sha256 }) => sha256));
    const fresh = (file.photos ?? []).filter(({ sha256, seal }) => !here.has(sha256) && seal === author.seal);
    for (const { sha256, ops, device, seal, sealed } of fresh) {
      await store.db.photos.put({ sha256, box: fromBase64(sealed), seal, ops, device: device ?? author.device, due: 1, handedIn: false });
    }
    return fresh.length;
  });
}

/** A store whose key is lost: its sealed rows pass to the one that takes its place. Nothing readable is left of it. */
export async function passOn(db: Database): Promise<{ formers: Pusher[]; rows: OutboxRow[] }> {
  const formers = await pushers(db);
  const rows = await db.outbox.toArray();
  return { formers, rows: rows.map((row) => ({ ...row, device: row.device ?? formers.at(-1)?.device ?? null, box: null })) };
}
