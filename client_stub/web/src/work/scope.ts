/** The server's records as pages of the feed bring them, and what a fresh start or a smaller scope takes away. */

import type { Page } from "../protocol/transport";
import type { RecordChange } from "../protocol/types";
import type { Write } from "../store/store";
import { see } from "./clock";
import { due } from "./kept";

/**
 * Store changes and cursor, unless the cursor has moved meanwhile. While ops are to be offered again the pull is not
 * finished: what a restored server lacks stays on the screen.
 */
export function takePage(tx: Write, page: Page, askedFrom: string | null): void {
  if ((tx.get("cursor") ?? null) !== askedFrom) return;
  for (const change of page.changes) take(tx, change);
  see(tx, page.changes);
  tx.set({ cursor: page.cursor, standing: false });
  if (!page.more && !due(tx).length) finish(tx);
}

function take(tx: Write, change: RecordChange): void {
  const { id, type, rev, at, feeds = [], fields = {}, disputed = {}, incomplete = [], warnings = {} } = change;
  if (change.gone) return tx.put("records", id, null);
  const known = { epoch: tx.get("epoch")!, pull: tx.get("pull") ?? 0, unsent: 0, deleted: false };
  tx.put("records", id, { id, type, rev, at, feeds, fields, disputed, incomplete, warnings, ...known });
}

/** Forget the cursor: the whole scope comes again, and until it is there the old records are shown. */
export function startAfresh(tx: Write): void {
  tx.set({ cursor: null, pull: (tx.get("pull") ?? 0) + 1, standing: false, rewound: false });
}

/** At the head of the scope: drop what a fresh pull did not bring, and the bodies that now show. */
function finish(tx: Write): void {
  const pull = tx.get("pull") ?? 0;
  for (const [id, record] of tx.rows("records")) if (record.pull < pull) tx.put("records", id, null);
  for (const [op, row] of tx.rows("acknowledged")) if (row.body !== null) tx.put("acknowledged", op, { ...row, body: null });
  tx.set({ standing: true });
}

/** Drop records that sit in none of these feeds, when the scope has changed. */
export function keepToScope(tx: Write, feeds: string[]): void {
  const known = tx.get("scope") ?? feeds;
  tx.set({ scope: feeds });
  if (known.every((feed) => feeds.includes(feed))) return;
  const left = new Set(feeds);
  for (const [id, record] of tx.rows("records")) {
    if (!record.feeds.some((feed) => left.has(feed))) tx.put("records", id, null);
  }
}
