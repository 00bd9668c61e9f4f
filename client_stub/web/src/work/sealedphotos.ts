/**
 * Photos whose store is locked, or whose key is lost: what is known of them without it, and how they go home all the
 * same, sealed, after their records and under the device that named them.
 */

import { newId } from "../protocol/ids";
import type { Server } from "../protocol/transport";
import { Refused } from "../protocol/trouble";
import type { Database, PhotoRow } from "../store/db";
import { sealPhoto } from "../store/photobox";
import type { Store } from "../store/store";
import type { Photo } from "../store/tables";
import { now } from "./clock";
import { handedIn, read } from "./photos";
import { bring, UNFIT, type Carry } from "./uploads";

/** A photo that waits, as a locked tablet knows it. `device`: under which it goes; null: the present one. */
export interface SealedPhoto {
  sha256: string;
  device: string | null;
}

export interface Pushed {
  sent: number;
  refused: number;
}

/** The sealed photos that a record names and that the server has not. */
export async function waitingSealed(db: Database): Promise<SealedPhoto[]> {
  const devices = await devicesOf(db);
  const found: SealedPhoto[] = [];
  await db.photos.where("due").equals(1).each((row) => {
    const op = nameOf(row, devices);
    if (row.seal && (op || row.device)) found.push({ sha256: row.sha256, device: (op && devices.get(op)) ?? row.device ?? null });
  });
  return found;
}

/** How many photos a new key would lose: those of drafts, and those that an older app has left unsealed. */
export async function unsealed(db: Database): Promise<number> {
  const named = new Set((await waitingSealed(db)).map(({ sha256 }) => sha256));
  return db.photos.filter((row) => !row.handedIn && !named.has(row.sha256)).count();
}

/** Op → the device that hands it in, of all that the tablet knows without its key. */
async function devicesOf(db: Database): Promise<Map<string, string | null>> {
  const devices = new Map<string, string | null>();
  await db.kept.each(({ op, device }) => devices.set(op, device));
  await db.outbox.each(({ op, device }) => devices.set(op, device));
  return devices;
}

function nameOf(row: PhotoRow, known: { has(op: string): boolean }): string | undefined {
  return row.ops?.find((op) => known.has(op));
}

/** Hands photos in as they lie on the disk. What the server will not have stays. `epoch`: of the server. Throws Trouble. */
export async function pushPhotos(db: Database, server: Server, photos: SealedPhoto[], epoch: string | undefined, carry: Carry, tell: () => void): Promise<Pushed> {
  const pushed = { sent: 0, refused: 0 };
  for (const { sha256 } of photos) {
    const row = (await db.photos.get(sha256))!;
    try {
      await bring(server, { sha256, bytes: new Uint8Array(row.box), sealed: true }, carry, { chunk: () => undefined, change: async () => {} }, () => {});
      await db.photos.update(sha256, handedIn(epoch));
      pushed.sent += 1;
      tell();
    } catch (error) {
      if (!(error instanceof Refused) || !UNFIT.has(error.problem)) throw error;
      pushed.refused += 1;
    }
  }
  return pushed;
}

/** Photos on the disk of which the journal does not know: left by a store whose key was lost, or taken from a copy. */
export async function takeUp(store: Store): Promise<void> {
  if (!store.get("device")) return;
  await store.write(async (tx) => {
    const known = new Set([...tx.rows("photos")].map(([, photo]) => photo.sha256));
    const ops = new Set([...tx.waiting(), ...tx.kept()].map((row) => row.op));
    const names = (await store.db.photos.toCollection().primaryKeys()).filter((name) => !known.has(name));
    for (const row of await store.db.photos.bulkGet(names)) {
      const op = row && (nameOf(row, ops) ?? (row.device ? row.ops?.[0] : undefined));
      if (op) tx.put("photos", ...entryOf(store, row, op));
    }
  });
}

function entryOf(store: Store, { sha256, box, device, handedIn, epoch }: PhotoRow, op: string): [string, Photo] {
  const [id, at] = [newId(), handedIn ? now(store) : 0];
  const state = handedIn ? "confirmed" : "waiting";
  const by = device ? { device } : {};
  return [id, { id, owner: "", op, ...by, sha256, mime: "image/jpeg", size: box.length, takenAt: "", state, error: null, epoch: epoch ?? null, at }];
}

/** Seals what an older app has left unsealed, and what was sealed to another server, as long as it can be read here. */
export async function sealAnew(store: Store): Promise<void> {
  const seal = store.get("serverKeys")?.seal;
  if (!seal) return;
  const right = new Set(await store.db.photos.where("seal").equals(seal).primaryKeys());
  for (const name of await store.db.photos.toCollection().primaryKeys()) {
    if (!right.has(name)) await store.write(() => sealOne(store, name, seal));
  }
}

async function sealOne(store: Store, name: string, seal: string): Promise<void> {
  const bytes = await read(store, name);
  if (!bytes) return;
  const box = await sealPhoto(store.key, name, bytes, seal);
  const ops = [...store.tables.photos.values()].flatMap(({ sha256, op }) => (sha256 === name && op ? [op] : []));
  const waits = ops.length > 0 && !(await store.db.photos.get(name))!.handedIn;
  await store.db.photos.update(name, { box, seal, ops, ...(waits ? { due: 1 as const } : {}) });
}
