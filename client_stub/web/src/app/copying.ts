/**
 * Keeping the sealed copy: in a folder that the browser may renew by itself, records in one file and each photo in one
 * of its own, written once; or as a download.
 */

import { copyOf, waitingPhotos, type Sealed } from "../work/sealedcopy";
import type { Database } from "../store/db";
import type { Store } from "../store/store";

interface FileHandle {
  kind: "file";
  getFile(): Promise<File>;
  createWritable(): Promise<{ write(data: Blob): Promise<void>; close(): Promise<void> }>;
}

interface FolderHandle {
  kind: "directory";
  getFileHandle(name: string, options: { create: true }): Promise<FileHandle>;
  removeEntry(name: string): Promise<void>;
  entries(): AsyncIterable<[name: string, entry: FileHandle | FolderHandle]>;
}

/** An older app kept the records alone, in a file. */
type Handle = (FileHandle | FolderHandle) & {
  queryPermission?(options: { mode: "readwrite" }): Promise<PermissionState>;
  requestPermission?(options: { mode: "readwrite" }): Promise<PermissionState>;
};

const NAME = "vyezd-sealed.vyezd";
const PHOTO = /^vyezd-photo-([0-9a-f]{64})\.vyezd$/;
const PAUSE_MS = 2000; // several edits in a row are one copy
let state = { at: 0, failed: false, held: { ops: 0, photos: 0 } };
let running: Promise<void> = Promise.resolve();

/** When the copy was last renewed by this app since it was opened, what it holds, and whether that failed. */
export function keptCopy(): { at: number; failed: boolean; held: Sealed } {
  return state;
}

export function canKeep(): boolean {
  return "showDirectoryPicker" in window;
}

/** `asks`: after a restart the browser writes there only when somebody has tapped. */
export async function standingOfCopy(db: Database): Promise<"kept" | "asks" | "none"> {
  const handle = await db.said<Handle>("copy");
  if (!handle) return "none";
  return (await handle.queryPermission?.({ mode: "readwrite" })) === "granted" ? "kept" : "asks";
}

/** To be called by a tap: the browser may ask the worker. */
export async function resume(store: Store): Promise<void> {
  const handle = await store.db.said<Handle>("copy");
  if ((await handle?.requestPermission?.({ mode: "readwrite" })) === "granted") await renew(store, handle!);
}

export async function chooseFolder(store: Store): Promise<void> {
  const handle: Handle | null = await (window as any).showDirectoryPicker({ id: "vyezd", mode: "readwrite" }).catch(() => null);
  if (!handle) return;
  await store.db.say("copy", handle);
  await renew(store, handle);
}

/** Renews the copy a moment after each write, as long as the store is open. Returns how to end it. */
export function keepCopying(store: Store): () => void {
  let timer = 0;
  const soon = () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => (running = running.then(() => again(store))), PAUSE_MS);
  };
  const stop = store.watch(soon);
  return () => {
    clearTimeout(timer);
    stop();
  };
}

async function again(store: Store): Promise<void> {
  const handle = await store.db.said<Handle>("copy");
  if (!handle) return;
  if ((await handle.queryPermission?.({ mode: "readwrite" })) === "granted") await renew(store, handle);
  else state = { ...state, failed: true };
}

async function renew(store: Store, handle: Handle): Promise<void> {
  try {
    const ops = await store.db.outbox.toArray();
    const file = handle.kind === "directory" ? await handle.getFileHandle(NAME, { create: true }) : handle;
    await save(file, await copyOf(store.db, ops, []));
    const photos = handle.kind === "directory" ? await renewPhotos(store, handle) : 0;
    state = { at: Date.now(), failed: false, held: { ops: ops.length, photos } };
  } catch {
    state = { ...state, failed: true };
  }
}

/** Adds photos that the folder lacks, and takes away those that are on the server. */
async function renewPhotos(store: Store, folder: FolderHandle): Promise<number> {
  const waiting = new Map(waitingPhotos(store).map((photo) => [photo.sha256, photo]));
  const lacking = new Map(waiting);
  for await (const [name, file] of folder.entries()) {
    const sha256 = PHOTO.exec(name)?.[1] ?? "";
    if (waiting.has(sha256) && (await (file as FileHandle).getFile()).size) lacking.delete(sha256);
    else if (sha256 && !waiting.has(sha256)) await folder.removeEntry(name);
  }
  for (const [sha256, photo] of lacking) {
    await save(await folder.getFileHandle(`vyezd-photo-${sha256}.vyezd`, { create: true }), await copyOf(store.db, [], [photo]));
  }
  return waiting.size;
}

async function save(file: FileHandle, data: Blob): Promise<void> {
  const writable = await file.createWritable();
  await writable.write(data);
  await writable.close();
}

export async function download(store: Store): Promise<void> {
  const copy = await copyOf(store.db, await store.db.outbox.toArray(), waitingPhotos(store));
  const url = URL.createObjectURL(copy);
  const link = Object.assign(document.createElement("a"), { href: url, download: NAME });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
