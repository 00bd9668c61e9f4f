/**
 * Who holds the tablet: the keyring (which workers have a PIN here), opening and locking the store, and one tab at a
 * time. What must be known before a PIN is typed lies in `open` of the database.
 */

import { newKey, unwrap, wrap, type Wrapped } from "../store/cipher";
import { Database } from "../store/db";
import { Drafts } from "../store/drafts";
import { Store } from "../store/store";
import { nameLeft } from "../work/photos";
import { passOn } from "../work/sealedcopy";
import { sealAnew, takeUp, waitingSealed } from "../work/sealedphotos";

export const PIN_LENGTH = 6;
const FREE_TRIES = 5;
const [PAUSE_MS, DOUBLINGS] = [30_000, 7];

export interface Holder {
  worker: string;
  name: string;
  wrapped: Wrapped;
}

export interface Session {
  store: Store;
  drafts: Drafts;
  worker: string;
  name: string;
}

/** Makes the first key of a new tablet and gives it to a worker. */
export async function begin(db: Database, worker: string, name: string, pin: string): Promise<Session> {
  const key = await newKey();
  await db.say("keyring", [{ worker, name, wrapped: await wrap(key, pin) } satisfies Holder]);
  return openWith(db, key, worker, name);
}

let latest: Store | null = null;

/** What the session before was about, locked in the middle of a sync, must not write beside the next one. */
async function endEarlier(): Promise<void> {
  await latest?.close();
  latest = null;
}

/** A fresh store in the place of one whose key is lost; its sealed rows pass over in one transaction. */
export async function renew(db: Database, worker: string, name: string, pin: string): Promise<Session> {
  await endEarlier();
  const { formers, rows } = await passOn(db);
  const named = new Set((await waitingSealed(db)).map(({ sha256 }) => sha256));
  await db.transaction("rw", db.pages, db.drafts, db.outbox, db.photos, async () => {
    await db.pages.clear();
    await db.drafts.clear();
    await db.photos.filter((photo) => !named.has(photo.sha256) && !(photo.handedIn && photo.seal)).delete();
    await db.outbox.bulkPut(rows);
  });
  const session = await begin(db, worker, name, pin);
  const used = [...session.store.outbox.values(), ...session.store.kept.values()].map((row) => row.seq);
  await session.store.write((tx) => {
    for (const former of formers) tx.put("formers", former.device, former);
    tx.set({ seq: Math.max(0, ...used) });
  });
  return session;
}

export async function holders(db: Database): Promise<Holder[]> {
  return (await db.said<Holder[]>("keyring")) ?? [];
}

/** Gives another worker, or the same one, a PIN. */
export async function give(session: Session, worker: string, name: string, pin: string): Promise<void> {
  const { db, key } = session.store;
  const others = (await holders(db)).filter((holder) => holder.worker !== worker);
  await db.say("keyring", [...others, { worker, name, wrapped: await wrap(key, pin) }]);
}

/** The open store, "wrong" for a wrong PIN, or the moment (Unix ms) until which the tablet takes none. */
export async function unlock(db: Database, holder: Holder, pin: string): Promise<Session | "wrong" | number> {
  const tries = (await db.said<{ failed: number; until: number }>("tries")) ?? { failed: 0, until: 0 };
  const left = tries.until - Date.now();
  if (left > 0 && left <= PAUSE_MS * 2 ** DOUBLINGS) return tries.until; // more: the clock was set back since
  const key = await unwrap(holder.wrapped, pin);
  if (!key) {
    const failed = tries.failed + 1;
    const until = failed < FREE_TRIES ? 0 : Date.now() + PAUSE_MS * 2 ** Math.min(failed - FREE_TRIES, DOUBLINGS);
    await db.say("tries", { failed, until });
    return until || "wrong";
  }
  await db.open_.delete("tries");
  return openWith(db, key, holder.worker, holder.name);
}

async function openWith(db: Database, key: CryptoKey, worker: string, name: string): Promise<Session> {
  await endEarlier();
  const [store, drafts] = await Promise.all([Store.open(db, key), Drafts.open(db, key, worker)]);
  await takeUp(store);
  await nameLeft(store, worker).catch(() => undefined); // on a full disk the tablet opens all the same
  void sealAnew(store).catch(() => undefined); // the next session goes on with it
  latest = store;
  return { store, drafts, worker, name };
}

/** Holds the tablet's data for this tab as long as it lives; false when another tab has it. */
export async function holdAlone(): Promise<boolean> {
  if (!navigator.locks) return true;
  return new Promise((resolve) => {
    void navigator.locks.request("vyezd-tablet", { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock ? new Promise(() => {}) : undefined;
    });
  });
}
