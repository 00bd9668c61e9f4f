/**
 * Photographs on the tablet: the bytes sealed in the database before anything names them, the rest in the journal.
 * A photo waits from the write that makes its attachment until the server has it, and is never let go of before.
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { newId } from "../protocol/ids";
import { Trouble } from "../protocol/trouble";
import type { PhotoRow } from "../store/db";
import { openPhoto, sealPhoto } from "../store/photobox";
import type { Store, Write } from "../store/store";
import type { Photo } from "../store/tables";
import { DAY_MS, localIso, now } from "./clock";
import { write, type Edit } from "./edits";
import { look } from "./view";

const DAYS = 90; // a restored server may ask again for so long

/** What becomes of a photo's row when the server has it. */
export function handedIn(epoch: string | undefined): Partial<PhotoRow> {
  return { handedIn: true, due: undefined, epoch };
}

/** A picture as the camera's side of the app hands it over. */
export interface Shot {
  bytes: Uint8Array<ArrayBuffer>;
  mime: string;
}

/** What there is, each file once however many records name it; `bytes` are those of the waiting ones. */
export interface Standing {
  waiting: number;
  bytes: number;
  handedIn: number;
  refused: Photo[];
}

/** Keeps a picture for a record, which may still be a draft. Throws Trouble `no_space`. */
export async function keep(store: Store, owner: string, shot: Shot): Promise<string> {
  const name = bytesToHex(sha256(shot.bytes));
  const [id, takenAt] = [newId(), localIso(now(store))];
  const { mime } = shot;
  const photo: Photo = {
    id, owner, op: null, sha256: name, mime, size: shot.bytes.length, takenAt, state: "waiting", error: null, epoch: null, at: 0,
  };
  await store.write(async (tx) => {
    await put(store, await rowOf(store, name, shot.bytes));
    tx.put("photos", id, photo);
  });
  return id;
}

/** A picture that is here already keeps its seal: an upload of it may be under way. */
async function rowOf(store: Store, name: string, bytes: Uint8Array): Promise<PhotoRow> {
  const known = await store.db.photos.get(name);
  const seal = store.get("serverKeys")!.seal;
  if (known?.seal === seal && (await read(store, name))) return { ...known, handedIn: false };
  return { ...known, sha256: name, seal, box: await sealPhoto(store.key, name, bytes, seal), handedIn: false };
}

/** On a full disk what the server has makes room for what it has not. */
async function put(store: Store, row: PhotoRow): Promise<void> {
  try {
    await store.db.photos.put(row);
  } catch {
    const wanted = new Set([...store.tables.photos.values()].filter((photo) => !isThere(store, photo)).map(({ sha256 }) => sha256));
    await store.db.photos.filter((each) => each.handedIn && !wanted.has(each.sha256)).delete();
    await store.db.photos.put(row).catch(() => {
      throw new Trouble("no_space");
    });
  }
}

/** A photo's bytes, or null where they lie here no more, or only sealed. */
export async function read(store: Store, name: string): Promise<Uint8Array<ArrayBuffer> | null> {
  const row = await store.db.photos.get(name);
  return row ? openPhoto(store.key, row).catch(() => null) : null;
}

/** The photos that were taken for a record and not saved with it yet. */
export function unsaved(store: Store, owner: string): Photo[] {
  return [...store.tables.photos.values()].filter((photo) => photo.owner === owner && photo.op === null);
}

/** The attachments that they become. `type`: of the record they belong to; `family`: of which it is. */
export function edits(store: Store, owner: string, type: string, family: string | undefined): Edit[] {
  return unsaved(store, owner).map(({ id, sha256: name, mime, size, takenAt }) => {
    const link = { ...(family ? { family } : {}), [type]: owner };
    const set = { owner, owner_type: type, ...link, sha256: name, mime, size, taken_at: takenAt };
    return { type: "attachment", id, change: { set } };
  });
}

/** Photos of a record, taken before the app was killed in the middle of it, become its attachments. `by`: who has opened it. */
export async function nameLeft(store: Store, by: string): Promise<void> {
  const owners = new Set([...store.tables.photos.values()].filter(({ op }) => op === null).map(({ owner }) => owner));
  for (const owner of owners) {
    const view = look(store, owner); // of a draft there is none
    if (view) await write(store, edits(store, owner, view.type, view.type === "family" ? owner : view.fields["family"]), by);
  }
}

/** Takes photos away that were not saved. */
export async function discard(store: Store, ids: string[]): Promise<void> {
  await store.write((tx) => ids.forEach((id) => tx.row("photos", id)?.op === null && tx.put("photos", id, null)));
  await sweep(store);
}

/** What can be handed in now, small first; files go after the records that name them. */
export function due(store: Store): Photo[] {
  const ready = [...store.tables.photos.values()].filter(({ state, op }) => state === "waiting" && op && !store.outbox.has(op));
  const files = new Map(ready.map((photo) => [photo.sha256, photo]));
  return [...files.values()].sort((a, b) => a.size - b.size || (a.sha256 < b.sha256 ? -1 : 1));
}

export function standing(store: Store): Standing {
  const saved = [...store.tables.photos.values()].filter((photo) => photo.op !== null);
  const files = (state: Photo["state"]) => [...new Map(saved.filter((each) => each.state === state).map((each) => [each.sha256, each])).values()];
  const waiting = files("waiting");
  const bytes = waiting.reduce((sum, { size }) => sum + size, 0);
  return { waiting: waiting.length, bytes, handedIn: files("confirmed").length, refused: files("refused") };
}

/** The server has the file. */
export async function confirm(store: Store, name: string): Promise<void> {
  await each(store, name, { state: "confirmed", error: null, epoch: store.get("epoch")!, at: now(store) });
  await store.db.photos.update(name, handedIn(store.get("epoch")));
}

/** The server will not have it; it stays here for whoever looks after it. */
export function refuse(store: Store, name: string, error: string): Promise<void> {
  return each(store, name, { state: "refused", error });
}

function each(store: Store, name: string, news: Partial<Photo>): Promise<void> {
  return store.write((tx) => {
    for (const [id, photo] of tx.rows("photos")) if (photo.sha256 === name) tx.put("photos", id, { ...photo, ...news });
  });
}

/** Whether the server of today has it: a restored one may have lost it. */
function isThere(of: Pick<Write, "get">, photo: Photo): boolean {
  return photo.state === "confirmed" && photo.epoch === of.get("epoch");
}

/** What another life of the database had is asked about again. */
export function renew(tx: Write): void {
  for (const [id, photo] of tx.rows("photos")) {
    if (photo.state === "confirmed" && !isThere(tx, photo)) tx.put("photos", id, { ...photo, state: "waiting" });
  }
}

/** Lets go of what the server has held for 90 days. */
export async function forget(store: Store): Promise<void> {
  const then = now(store) - DAYS * DAY_MS;
  await store.write((tx) => {
    for (const [id, photo] of tx.rows("photos")) if (isThere(tx, photo) && photo.at < then) tx.put("photos", id, null);
  });
  await sweep(store);
}

/** Removes bytes that nothing names. As a write, it never meets a photo whose row is on its way. */
function sweep(store: Store): Promise<void> {
  return store.write(async () => {
    const named = new Set([...store.tables.photos.values()].map((photo) => photo.sha256));
    const keys = await store.db.photos.toCollection().primaryKeys();
    await store.db.photos.bulkDelete(keys.filter((name) => !named.has(name)));
  });
}
