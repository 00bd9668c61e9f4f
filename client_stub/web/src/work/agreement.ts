/** Proof of agreement: digests of what the tablet holds, which the server compares with the feeds' own. */

import { canonical, recordDigest } from "../protocol/canonical";
import type { RecordChange } from "../protocol/types";
import type { Write } from "../store/store";

export type Digests = Record<string, Record<string, string>>;
const MODULUS = 1n << 256n;

/**
 * Feed → type → hex of the sum modulo 2²⁵⁶ over the records held; {} while a pull is under way. Every feed of the scope
 * is named, so that one of which the tablet has lost everything shows too.
 */
export function digests(tx: Write): Digests {
  if (!tx.get("standing")) return {};
  const sums = new Map<string, Map<string, bigint>>((tx.get("scope") ?? []).map((feed) => [feed, new Map()]));
  for (const [, record] of tx.rows("records")) {
    const term = recordDigest(record.id, record.rev);
    for (const feed of new Set(record.feeds)) {
      const sum = sums.get(feed);
      sum?.set(record.type, ((sum.get(record.type) ?? 0n) + term) % MODULUS);
    }
  }
  return Object.fromEntries([...sums].map(([feed, each]) => [feed, Object.fromEntries([...each].map(hex))]));
}

function hex([type, value]: [string, bigint]): [string, string] {
  return [type, value.toString(16).padStart(64, "0")];
}

/** Whether an answer repeats what the tablet holds: the server has found a difference and sends a feed again. */
export function isRewound(tx: Write, changes: RecordChange[]): boolean {
  return changes.some((change) => {
    const held = tx.row("records", change.id);
    if (!held || change.gone || held.epoch !== tx.get("epoch")) return false;
    const parts = (each: any) => [each.rev, each.feeds ?? [], each.fields ?? {}, each.disputed ?? {}, each.incomplete ?? []];
    return canonical(parts(held)) === canonical(parts(change));
  });
}
