/**
 * The way of photos home, after the records: small ones first, each from the byte where the server stands. Every
 * question may be asked again: an upload is found by its file's hash. What the server will not have for good is set
 * aside with its reason, and the next goes on.
 */

import type { Server } from "../protocol/transport";
import { Refused, Trouble } from "../protocol/trouble";
import type { Store } from "../store/store";
import type { Photo } from "../store/tables";
import { confirm, due, forget, read, refuse, renew } from "./photos";

const ANEW = new Set(["upload-gone", "not-found", "wrong-hash", "wrong-offset", "unreadable-seal"]); // asked where it stands, it goes on
/** What the server will not have for good. */
export const UNFIT = new Set(["file-too-large", "empty-file", "unfit-type", "damaged-file", "wrong-hash", "unreadable-seal"]);
const TRIES = 3;
const [SMALLEST, FIRST, LARGEST] = [16_384, 131_072, 262_144]; // bytes of one request (protocol, section 7)
/** Where an upload stood for us when its link broke. What the server has beyond it did not get lost. */
const broken = new Map<string, number>();

/** Brings a file's bytes to its upload; `tell` how many the server has. protocol/tus.ts. */
export type Carry = (server: Server, url: string, bytes: Uint8Array<ArrayBuffer>, chunk: number, tell: (offset: number) => void) => Promise<void>;

/** A file as it goes out: open, or sealed to the server. */
export interface Parcel {
  sha256: string;
  bytes: Uint8Array<ArrayBuffer>;
  sealed: boolean;
}

/** How many bytes go into one request, and that they grow or shrink by a factor. */
export interface Pace {
  chunk: () => number | undefined;
  change: (factor: number) => Promise<void>;
}

/** Told of files that are done and of bytes that are on the server. */
export type Tell = (files: number, bytes: number) => void;

/** Hands in the photos whose records the server has. Throws Trouble when the others have to wait. */
export async function sendPhotos(store: Store, server: Server, carry: Carry, tell: Tell): Promise<void> {
  await store.write(renew);
  for (const photo of due(store)) {
    await sendPhoto(store, authorOf(store, server, photo), photo, carry, tell);
    tell(1, 0);
  }
  await forget(store);
}

/** Under the device that handed in the record, which alone may be asked for the bytes. */
function authorOf(store: Store, server: Server, photo: Photo): Server {
  const former = store.tables.formers.get(photo.device ?? store.kept.get(photo.op!)?.device ?? "");
  return former && former.seal === store.get("serverKeys")!.seal ? server.speakingFor(former.token) : server;
}

async function sendPhoto(store: Store, server: Server, photo: Photo, carry: Carry, tell: Tell): Promise<void> {
  const parcel = await parcelOf(store, photo.sha256);
  if (!parcel) return refuse(store, photo.sha256, "photo_gone");
  let told = 0;
  const stand = (offset: number) => {
    tell(0, Math.min(offset, photo.size) - told);
    told = Math.min(offset, photo.size);
  };
  try {
    await bring(server, parcel, carry, { chunk: () => store.get("chunk"), change: (factor) => pace(store, factor) }, stand);
    await confirm(store, photo.sha256);
  } catch (error) {
    if (!(error instanceof Refused) || !UNFIT.has(error.problem)) throw error;
    await refuse(store, photo.sha256, error.problem);
  }
}

/** What can be read here goes open; the rest as it lies, if it is sealed to the server of today. */
async function parcelOf(store: Store, sha256: string): Promise<Parcel | null> {
  const bytes = await read(store, sha256);
  if (bytes) return { sha256, bytes, sealed: false };
  const row = await store.db.photos.get(sha256);
  return row?.seal === store.get("serverKeys")!.seal ? { sha256, bytes: new Uint8Array(row.box), sealed: true } : null;
}

/** Fulfilled when the server has the file; `stand`: told how many of its bytes it has. Throws Trouble. */
export async function bring(server: Server, parcel: Parcel, carry: Carry, pace: Pace, stand: (offset: number) => void): Promise<void> {
  const { sha256, bytes, sealed } = parcel;
  let at = 0;
  const told = (offset: number) => stand((at = offset));
  for (let tries = 1; ; tries += 1) {
    try {
      const { url, offset } = await server.begin(sha256, bytes.length, sealed);
      told(offset);
      if (broken.has(sha256) && offset <= broken.get(sha256)!) await pace.change(0.5);
      broken.delete(sha256);
      if (offset < bytes.length) await carry(server, url, bytes, pace.chunk() ?? FIRST, told);
      return await pace.change(2);
    } catch (error) {
      if (error instanceof Trouble && error.passing) broken.set(sha256, at);
      if (!(error instanceof Refused) || !ANEW.has(error.problem) || tries === TRIES) throw error;
    }
  }
}

/** Larger chunks while all goes well, smaller ones after a cut by which a part of one was lost and is sent again. */
async function pace(store: Store, factor: number): Promise<void> {
  const chunk = Math.min(LARGEST, Math.max(SMALLEST, (store.get("chunk") ?? FIRST) * factor));
  if (chunk !== store.get("chunk")) await store.write((tx) => tx.set({ chunk }));
}
