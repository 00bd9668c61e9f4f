/** Keeping the sealed copy: in a file that the browser may renew by itself, or as a download. */

import type { Store } from "../store/store";
import { copyOf } from "../work/sealedcopy";

interface FileHandle {
  createWritable(): Promise<{ write(text: string): Promise<void>; close(): Promise<void> }>;
  queryPermission?(options: { mode: "readwrite" }): Promise<PermissionState>;
}

const NAME = "vyezd-sealed.vyezd";
const PAUSE_MS = 2000; // several edits in a row are one copy
let state = { at: 0, failed: false };

/** When the file was last renewed by this app since it was opened, and whether that failed. */
export function keptCopy(): { at: number; failed: boolean } {
  return state;
}

export function canKeep(): boolean {
  return "showSaveFilePicker" in window;
}

export async function chooseFile(store: Store): Promise<void> {
  const handle: FileHandle | null = await (window as any).showSaveFilePicker({ suggestedName: NAME }).catch(() => null);
  if (!handle) return;
  await store.db.say("copy", handle);
  await renew(store, handle);
}

/** Renews the copy a moment after each write, as long as the store is open. Returns how to end it. */
export function keepCopying(store: Store): () => void {
  let timer = 0;
  const soon = () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void again(store), PAUSE_MS);
  };
  const stop = store.watch(soon);
  return () => {
    clearTimeout(timer);
    stop();
  };
}

async function again(store: Store): Promise<void> {
  const handle = await store.db.said<FileHandle>("copy");
  if (!handle) return;
  if ((await handle.queryPermission?.({ mode: "readwrite" })) === "granted") await renew(store, handle);
  else state = { ...state, failed: true };
}

async function renew(store: Store, handle: FileHandle): Promise<void> {
  try {
    const file = await handle.createWritable();
    await file.write(await copyOf(store.db));
    await file.close();
    state = { at: Date.now(), failed: false };
  } catch {
    state = { ...state, failed: true };
  }
}

export async function download(store: Store): Promise<void> {
  const url = URL.createObjectURL(new Blob([await copyOf(store.db)], { type: "application/json" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: NAME });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
