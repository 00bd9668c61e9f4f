/**
 * Hybrid logical clock (Kulkarni et al., "Logical Physical Clocks", OPODIS 2014): 48 bits of Unix milliseconds and a
 * 16-bit counter as 16 hex digits. Text order is time order.
 */

const COUNTER = 65_536n;

/** The stamp of Unix milliseconds and a counter. */
export function pack(ms: number, counter = 0): string {
  return (BigInt(ms) * COUNTER + BigInt(counter)).toString(16).padStart(16, "0");
}

/** The Unix milliseconds of a stamp. */
export function millisecondsOf(stamp: string): number {
  return Number(BigInt(`0x${stamp}`) / COUNTER);
}

/** The stamp of a new event at `nowMs`: past `last`, the highest stamp made or seen so far ("" for none). */
export function tick(last: string, nowMs: number): string {
  const wall = BigInt(Math.max(0, Math.floor(nowMs))) * COUNTER;
  const past = last ? BigInt(`0x${last}`) + 1n : 0n;
  return (wall > past ? wall : past).toString(16).padStart(16, "0");
}
