/** One `POST /sync` under one identity: what goes out, the answer with its receipt, and what it says of ops. */

import { newId } from "../protocol/ids";
import { isExact, lines, verifies, type ReceiptLine } from "../protocol/receipts";
import type { Answer, Server } from "../protocol/transport";
import { Trouble } from "../protocol/trouble";
import type { Notice, Op, Outcome, SyncAnswer } from "../protocol/types";
import type { Store, Write } from "../store/store";
import type { Digests } from "./agreement";
import { localIso } from "./clock";
import type { Outgoing } from "./handover";
import * as kept from "./kept";
import { standing } from "./photos";

export const APP = "web";

/** What the server said of one op. `kept`: it was acknowledged before and offered again. */
export interface Result {
  op: string;
  outcome: Outcome;
  rev: number | null;
  errors: Record<string, string[]>;
  kept: boolean;
}

export interface Exchange {
  id: string;
  device: string;
  cursor: string | null;
  compared: boolean;
  answer: Answer<SyncAnswer>;
  results: Result[];
  lines: ReceiptLine[];
}

export interface News {
  settled: { settled: string; outcome: string }[];
  notices: Notice[];
  due: number;
}

/** Push a batch. Throws Trouble: `unanswered`, `bad_receipt`, and what a link or a refusal may be. */
export async function send(
  store: Store,
  server: Server,
  device: string,
  batch: Outgoing[],
  cursor: string | null,
  limit: number,
  digests: Digests,
  drained = false,
): Promise<Exchange> {
  const id = newId();
  const answer = await server.sync(await request(store, id, batch, cursor, limit, digests, drained));
  const results = resultsOf(answer.body, batch);
  if (batch.length && !results.length) throw new Trouble("unanswered");
  const decided = decidedOf(batch, results);
  if (!verifies(answer.body.receipt ?? "", store.get("serverKeys")!.sign, device, decided)) throw new Trouble("bad_receipt");
  const compared = Object.keys(digests).length > 0;
  return { id, device, cursor, compared, answer, results, lines: lines(decided) };
}

/** The body. The ops go out byte for byte as the outbox holds them. */
async function request(
  store: Store,
  id: string,
  batch: Outgoing[],
  cursor: string | null,
  limit: number,
  digests: Digests,
  drained: boolean,
): Promise<string> {
  const free = await navigator.storage?.estimate?.().catch(() => null);
  const status = {
    app: APP,
    schema: store.get("schemas")?.version,
    outbox: store.outbox.size,
    photos_waiting: standing(store).waiting,
    ...(free?.quota ? { free_bytes: free.quota - (free.usage ?? 0) } : {}),
  };
  const head = { batch: id, device_time: localIso(Date.now()), cursor, limit, digests, status, drained };
  return `${JSON.stringify(head).slice(0, -1)},"ops":[${batch.map((each) => each.wire).join(",")}]}`;
}

/** Results with the ops they speak of; an op that the server could not read is found by its place. */
function resultsOf(answer: SyncAnswer, batch: Outgoing[]): Result[] {
  const sent = new Map(batch.map((each) => [each.op, each]));
  return answer.results.map((said) => {
    const of = (said.op && sent.get(said.op)) || batch[said.index ?? -1];
    if (!of) throw new Trouble("unanswered");
    return { op: of.op, outcome: said.outcome, rev: said.rev ?? null, errors: said.errors ?? {}, kept: of.kept };
  });
}

function decidedOf(batch: Outgoing[], results: Result[]): [Op, string][] {
  const outcomes = new Map(results.map((result) => [result.op, result.outcome]));
  const readable = batch.filter((each) => each.body !== null && outcomes.has(each.op));
  return readable
    .map((each): [Op, string] => [JSON.parse(each.body!), outcomes.get(each.op)!])
    .filter(([op]) => isExact(op));
}

/** Store what became of ops, sent now or earlier, and the receipt for it. */
export function settle(tx: Write, done: Exchange): News {
  const said = done.answer.body;
  const before = tx.get("epoch");
  tx.set({ epoch: said.epoch, syncedAt: said.server_time });
  const due = said.epoch === before ? 0 : kept.due(tx).length;
  const waiting = new Map(tx.waiting().map((row) => [row.op, row]));
  for (const result of done.results) {
    const row = waiting.get(result.op);
    if (result.outcome === "quarantined" && row) setAside(tx, row, result.errors);
    kept.keep(tx, result.op, result.rev, row);
    acknowledge(tx, result, row);
  }
  if (done.lines.length) {
    const receipt = { batch: done.id, device: done.device, at: said.server_time, ops: done.lines, receipt: said.receipt! };
    tx.put("receipts", done.id, receipt);
  }
  const settled = said.settled.filter((each) => close(tx, each.settled, each.outcome));
  return { settled, notices: keepNotices(tx, said.notices), due };
}

type Row = { op: string; seq: number; body: string | null; device: string | null; mends: string | null };

/** Move an op out of the outbox. Its body is shown on until a pull has brought what became of it. */
function acknowledge(tx: Write, result: Result, row?: Row): void {
  const epoch = tx.get("epoch")!;
  const known = tx.row("acknowledged", result.op);
  if (row && !known) {
    const op: Partial<Op> = row.body ? JSON.parse(row.body) : {};
    tx.put("acknowledged", row.op, {
      op: row.op, seq: row.seq, type: op.type ?? "", record: op.id ?? "", epoch: op.epoch ?? "", base: op.base ?? 0,
      body: row.body, outcome: result.outcome, rev: result.rev, acknowledgedIn: epoch,
    });
  } else if (known && result.rev) {
    tx.put("acknowledged", result.op, { ...known, outcome: result.outcome, rev: result.rev, acknowledgedIn: epoch });
  }
  if (row) tx.unqueue(row.op);
}

/** Keep a marked copy of a quarantined op. A mend that is wrong too takes the place of the copy that it was to mend. */
function setAside(tx: Write, row: Row, errors: Record<string, string[]>): void {
  const first = row.mends ? tx.row("mend", row.mends) : undefined;
  if (first && first.settled === null) tx.put("mend", first.op, { ...first, body: row.body, errors, mendedBy: null });
  if (row.mends || tx.row("mend", row.op)) return;
  const op: Partial<Op> = row.body ? JSON.parse(row.body) : {};
  tx.put("mend", row.op, {
    op: row.op, type: op.type ?? "", record: op.id ?? "", body: row.body, errors, device: row.device, settled: null,
    mendedBy: null,
  });
}

/** Close the copy of a quarantined or stored op: applied, conflict, rejected. True for news. */
function close(tx: Write, op: string, outcome: string): boolean {
  const copy = tx.row("mend", op);
  if (copy && copy.settled !== outcome) tx.put("mend", op, { ...copy, settled: outcome, body: null });
  const known = tx.row("acknowledged", op);
  if (!known || !["quarantined", "stored"].includes(known.outcome)) return false;
  tx.put("acknowledged", op, { ...known, outcome });
  return true;
}

function keepNotices(tx: Write, notices: Notice[]): Notice[] {
  const fresh = notices.filter((notice) => !tx.row("notices", notice.id));
  for (const { id, kind, record, text, due } of fresh) tx.put("notices", id, { id, kind, record, text, due });
  return fresh;
}
