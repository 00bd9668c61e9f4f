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

const ANEW = new Set(["upload-gone", "not-found", "wrong-hash", "wrong-offset"]); // asked where it stands, it goes on
const UNFIT = new Set(["file-too-large", "empty-file", "unfit-type", "damaged-file", "wrong-hash"]);
const TRIES = 3;
const [SMALLEST, FIRST, LARGEST] = [16_384, 65_536, 262_144]; // bytes of one request (protocol, section 7)

/** Brings a file's bytes to its upload; `tell` how many the server has. protocol/tus.ts. */
export type Carry = (server: Server, url: string, bytes: Uint8Array<ArrayBuffer>, chunk: number, tell: (offset: number) => void) => Promise<void>;

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
  const former = store.tables.formers.get(store.kept.get(photo.op!)?.device ?? "");
  return former && former.seal === store.get("serverKeys")!.seal ? server.speakingFor(former.token) : server;
}

async function sendPhoto(store: Store, server: Server, photo: Photo, carry: Carry, tell: Tell): Promise<void> {
  const bytes = await read(store, photo.sha256);
  if (!bytes) return refuse(store, photo.sha256, "photo_gone");
  try {
    await bring(store, server, photo, bytes, carry, tell);
    await confirm(store, photo.sha256);
  } catch (error) {
    if (!(error instanceof Refused) || !UNFIT.has(error.problem)) throw error;
    await refuse(store, photo.sha256, error.problem);
  }
}

async function bring(store: Store, server: Server, photo: Photo, bytes: Uint8Array<ArrayBuffer>, carry: Carry, tell: Tell): Promise<void> {
  let told = 0;
  const stand = (offset: number) => {
    tell(0, offset - told);
    told = offset;
  };
  for (let tries = 1; ; tries += 1) {
    try {
      const { url, offset } = await server.begin(photo.sha256, photo.size);
      stand(offset);
      if (offset < photo.size) await carry(server, url, bytes, store.get("chunk") ?? FIRST, stand);
      return await pace(store, 2);
    } catch (error) {
      if (error instanceof Trouble && error.passing) await pace(store, 0.5);
      if (!(error instanceof Refused) || !ANEW.has(error.problem) || tries === TRIES) throw error;
    }
  }
}

/** Larger chunks while all goes well, smaller ones after a cut: what was under way when a link breaks is sent again. */
async function pace(store: Store, factor: number): Promise<void> {
  const chunk = Math.min(LARGEST, Math.max(SMALLEST, (store.get("chunk") ?? FIRST) * factor));
  if (chunk !== store.get("chunk")) await store.write((tx) => tx.set({ chunk }));
}
