/**
 * How much goes into one exchange, ops up and changes down: less when answers fail to come, more again when they do. What
 * was under way when a link breaks goes out again, so on a bad link a batch must come through between two breaks.
 */

import type { Write } from "../store/store";

const LEAST = 16_384; // bytes of ops before they are compressed
const FIRST = 262_144;
const MOST = 4 * 1024 * 1024;
const [FEWEST, PAGE] = [25, 500]; // changes in the answer; the rest of a scope is read line by line

/** The bytes of ops that the next batch may hold. */
export function room(tx: Pick<Write, "get">): number {
  return tx.get("room") ?? FIRST;
}

/** How many changes the answer may hold. */
export function page(tx: Pick<Write, "get">): number {
  return Math.max(FEWEST, Math.min(PAGE, Math.floor((PAGE * room(tx)) / FIRST)));
}

/** A batch of so many bytes came through: if it was a large one, the next may be twice as large. */
export function answered(tx: Write, size: number): void {
  if (size * 2 > room(tx)) tx.set({ room: Math.min(room(tx) * 2, MOST) });
}

/** No answer came, for the n-th time in a row. Any link breaks once; from the second time on less is sent. */
export function unanswered(tx: Write, failures: number): void {
  if (failures > 1) tx.set({ room: Math.max(Math.floor(room(tx) / 2), LEAST) });
}
