/** The tablet's time: its own clock, the offset learned at the last contact, and the stamps of its edits. */

import { millisecondsOf, pack, tick } from "../protocol/clock";
import type { Store, Write } from "../store/store";

export const DAY_MS = 86_400_000;
const LEAP_MS = 60_000; // a stamp further ahead of the server's time was made under a clock that was wrong

/** The time as the server would tell it, as far as this tablet has learned: Unix milliseconds. */
export function now(store: Store | Write): number {
  return Date.now() + (store.get("offsetMs") ?? 0);
}

/** The same for the lease: never behind the highest stamp, so that setting the clock back gains nothing. */
export function leaseNow(store: Store): number {
  const stamp = store.get("stamp");
  return Math.max(now(store), stamp ? millisecondsOf(stamp) : 0);
}

/** A stamp past every stamp that this tablet has made or seen. */
export function nextStamp(tx: Write): string {
  const stamp = tick(tx.get("stamp") ?? "", now(tx));
  tx.set({ stamp });
  return stamp;
}

/** Go past the stamps of changes that came from the server. */
export function see(tx: Write, changes: { at?: string }[]): void {
  let highest = tx.get("stamp") ?? "";
  for (const { at } of changes) if (at && at > highest) highest = at;
  tx.set({ stamp: highest });
}

/**
 * Learn from one answer how far the clock is off, taking half of the wait for the way back. With an empty outbox a leap
 * made under a wrong clock is taken back: the server counts those ops at their time of receipt.
 */
export function learn(tx: Write, serverTime: string, askedMs: number, answeredMs: number): void {
  const server = Date.parse(serverTime);
  tx.set({ offsetMs: Math.round(server - (askedMs + answeredMs) / 2), tripMs: answeredMs - askedMs });
  if (!tx.waiting().length && (tx.get("stamp") ?? "") > pack(server + LEAP_MS)) tx.set({ stamp: pack(server) });
}

/** A moment as it goes on the wire: local time with its offset, seconds precise. */
export function localIso(ms: number): string {
  const minutes = -new Date(ms).getTimezoneOffset();
  const local = new Date(ms + minutes * 60_000).toISOString().slice(0, 19);
  const two = (value: number) => String(Math.trunc(Math.abs(value))).padStart(2, "0");
  return `${local}${minutes < 0 ? "-" : "+"}${two(minutes / 60)}:${two(minutes % 60)}`;
}

/** The local day of a moment: YYYY-MM-DD. */
export function localDay(ms: number): string {
  return localIso(ms).slice(0, 10);
}
