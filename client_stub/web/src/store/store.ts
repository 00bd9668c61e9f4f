/**
 * The tablet's store, open: what the server said, what it has not heard yet, and what came of the rest.
 *
 * It lies encrypted in IndexedDB as a journal: each `write` appends one page of entries [table, key, value], in the same
 * transaction as its changes of the outbox and of the sealed copies. Opened, it is held in memory, where 10,000 records
 * are found and searched at once. An edit lands in the outbox, readable and sealed, and leaves it only in the write that
 * takes in the server's word about it (work/exchange.ts).
 */

import Dexie from "dexie";
import { Trouble } from "../protocol/trouble";
import { decrypt, encrypt } from "./cipher";
import type { Database, KeptRow, OutboxRow } from "./db";
import { empty, type Entry, type Meta, type Photo, type TableName, type Tables } from "./tables";

const PAGE = 500; // entries a page when the journal is written anew
const LOOSE = 60; // pages beyond which it is

/** An op in the outbox as the open store holds it. `body` is null when only the server can read it any more. */
export interface Waiting extends Omit<OutboxRow, "box"> {
  body: string | null;
}

export class Store {
  readonly tables: Tables = empty();
  readonly outbox = new Map<string, Waiting>();
  readonly kept = new Map<string, Omit<KeptRow, "sealed">>();
  /** Counts writes: what was computed from the store holds while it stands. */
  revision = 0;
  private last = 0;
  private pages = 0;
  private queue: Promise<unknown> = Promise.resolve();
  private closed = false;
  private listeners = new Set<() => void>();

  private constructor(
    readonly db: Database,
    readonly key: CryptoKey,
  ) {}

  /** Reads and decrypts everything. Throws when a page is damaged or the key is another store's. */
  static async open(db: Database, key: CryptoKey): Promise<Store> {
    const store = new Store(db, key);
    const [pages, outbox, kept] = await Promise.all([db.pages.toArray(), db.outbox.toArray(), db.kept.toArray()]);
    const texts = await Promise.all(pages.map((page) => decrypt(key, `page:${page.n}`, page.box)));
    for (const text of texts) for (const entry of JSON.parse(text) as Entry[]) store.lay(entry);
    store.last = pages.at(-1)?.n ?? 0;
    store.pages = pages.length;
    for (const row of outbox) store.outbox.set(row.op, await store.readable(row));
    for (const { sealed: _, ...row } of kept) store.kept.set(row.op, row);
    return store;
  }

  private async readable({ box, ...row }: OutboxRow): Promise<Waiting> {
    const body = box && (await decrypt(this.key, `outbox:${row.op}`, box).catch(() => null));
    return { ...row, body };
  }

  /** What the tablet knows of itself. */
  get<K extends keyof Meta>(key: K): Meta[K] | undefined {
    return this.tables.meta.get(key) as Meta[K] | undefined;
  }

  /**
   * One transaction: `work` reads and writes through `Write`, which sees its own changes; all of it is on the disk when
   * the promise is fulfilled, or nothing of it. Writes never overlap.
   */
  write<T>(work: (tx: Write) => T | Promise<T>): Promise<T> {
    const done = this.queue.then(async () => {
      if (this.closed) throw new Trouble("stopped", {}, true);
      const tx = new Write(this);
      const result = await work(tx);
      await this.commit(tx);
      return result;
    });
    this.queue = done.catch(() => undefined);
    return done;
  }

  private async commit(tx: Write): Promise<void> {
    const { entries, outbox, kept } = tx.changes();
    if (!entries.length && !outbox.length && !kept.length) return;
    const n = this.last + 1;
    const page = entries.length ? { n, box: await encrypt(this.key, `page:${n}`, JSON.stringify(entries)) } : null;
    const rows = await Promise.all(outbox.map(([op, row]) => this.stored(op, row)));
    const named = entries.filter((entry) => this.isNewName(entry));
    await this.db.transaction("rw", this.db.pages, this.db.outbox, this.db.kept, this.db.photos, async () => {
      if (page) await this.db.pages.add(page);
      for (const [op, row] of rows) await (row ? this.db.outbox.put(row) : this.db.outbox.delete(op));
      for (const [op, row] of kept) await this.keep(op, row);
      for (const [, , photo] of named) await this.name(photo as Photo);
    });
    if (page) [this.last, this.pages] = [n, this.pages + 1];
    this.apply(entries, outbox, kept);
  }

  /** Whether a photo was named by an op just now. */
  private isNewName([table, key, value]: Entry): boolean {
    const op = table === "photos" && (value as Photo | null)?.op;
    return Boolean(op) && this.tables.photos.get(key)?.op !== op;
  }

  /** Notes it where a locked tablet can read it. */
  private async name({ sha256, op }: Photo): Promise<void> {
    await this.db.photos.where("sha256").equals(sha256).modify((row) => {
      row.ops = [...(row.ops ?? []), op!];
      row.due = 1;
    });
  }

  private async stored(op: string, row: Waiting | null): Promise<[string, OutboxRow | null]> {
    if (!row) return [op, null];
    const { body, ...rest } = row;
    return [op, { ...rest, box: body === null ? null : await encrypt(this.key, `outbox:${row.op}`, body) }];
  }

  private async keep(op: string, row: Partial<KeptRow> | null): Promise<void> {
    if (row === null) await this.db.kept.delete(op);
    else if (row.sealed) await this.db.kept.put(row as KeptRow);
    else await this.db.kept.update(op, row);
  }

  private apply(entries: Entry[], outbox: [string, Waiting | null][], kept: [string, Partial<KeptRow> | null][]): void {
    entries.forEach((entry) => this.lay(entry));
    for (const [op, row] of outbox) row ? this.outbox.set(op, row) : this.outbox.delete(op);
    for (const [op, row] of kept) {
      if (row === null) this.kept.delete(op);
      else {
        const { sealed: _, ...rest } = row;
        this.kept.set(op, { ...this.kept.get(op), ...rest } as KeptRow);
      }
    }
    this.revision += 1;
    this.listeners.forEach((tell) => tell());
  }

  private lay([table, key, value]: Entry): void {
    const rows = this.tables[table] as Map<string, unknown> | undefined;
    if (value === null) rows?.delete(key);
    else rows?.set(key, value);
  }

  /** Calls `tell` after each write, until the function that it returns is called. */
  watch(tell: () => void): () => void {
    this.listeners.add(tell);
    return () => this.listeners.delete(tell);
  }

  /** What was begun ends; nothing more is written: the journal is another's, who numbers its pages on. */
  async close(): Promise<void> {
    this.closed = true;
    await this.queue;
  }

  /** Writes the journal anew, in few full pages, when it has grown loose. */
  async tidy(): Promise<void> {
    const live = Object.values(this.tables).reduce((sum, rows) => sum + rows.size, 0);
    if (this.closed || this.pages <= LOOSE + live / PAGE) return;
    const done = this.queue.then(() => this.rewrite());
    this.queue = done.catch(() => undefined);
    await done;
  }

  private async rewrite(): Promise<void> {
    const entries: Entry[] = [];
    for (const [table, rows] of Object.entries(this.tables)) {
      for (const [key, value] of rows as Map<string, unknown>) entries.push([table as TableName, key, value]);
    }
    const fresh: { n: number; box: Uint8Array }[] = [];
    for (let start = 0; start < entries.length; start += PAGE) {
      const n = this.last + fresh.length + 1;
      const text = JSON.stringify(entries.slice(start, start + PAGE));
      fresh.push({ n, box: await encrypt(this.key, `page:${n}`, text) });
    }
    await this.db.transaction("rw", this.db.pages, async () => {
      await this.db.pages.where("n").belowOrEqual(this.last).delete();
      await this.db.pages.bulkAdd(fresh);
    });
    this.last += fresh.length;
    this.pages = fresh.length;
  }

  /** The sealed copies of these acknowledged ops, in their order. */
  async sealed(ops: string[]): Promise<Uint8Array[]> {
    const rows = await this.db.kept.bulkGet(ops);
    return rows.map((row) => row!.sealed);
  }
}

/** What one transaction of the store has changed so far, over what the store holds. */
export class Write {
  private entries = new Map<string, Entry>();
  private outboxed = new Map<string, Waiting | null>();
  private kepts = new Map<string, Partial<KeptRow> | null>();

  constructor(private readonly store: Store) {}

  get<K extends keyof Meta>(key: K): Meta[K] | undefined {
    return this.row("meta", key) as Meta[K] | undefined;
  }

  set(values: Partial<Meta>): void {
    for (const [key, value] of Object.entries(values)) this.put("meta", key, value ?? null);
  }

  row<T extends TableName>(table: T, key: string): Row<T> | undefined {
    const entry = this.entries.get(`${table}:${key}`);
    if (entry) return (entry[2] as Row<T> | null) ?? undefined;
    return (this.store.tables[table] as Map<string, Row<T>>).get(key);
  }

  put<T extends TableName>(table: T, key: string, value: Row<T> | null): void {
    this.entries.set(`${table}:${key}`, [table, key, value]);
  }

  /** All rows of a table, as this transaction sees them. */
  *rows<T extends TableName>(table: T): IterableIterator<[string, Row<T>]> {
    const base = this.store.tables[table] as Map<string, Row<T>>;
    for (const [key, value] of base) if (!this.entries.has(`${table}:${key}`)) yield [key, value];
    for (const [name, key, value] of this.entries.values()) if (name === table && value !== null) yield [key, value as Row<T>];
  }

  waiting(): Waiting[] {
    const all = new Map([...this.store.outbox, ...this.outboxed]);
    return [...all.values()].filter((row) => row !== null).sort((a, b) => a.seq - b.seq);
  }

  queue(row: Waiting): void {
    this.outboxed.set(row.op, row);
  }

  unqueue(op: string): void {
    this.outboxed.set(op, null);
  }

  kept(): Omit<KeptRow, "sealed">[] {
    const all = new Map<string, any>(this.store.kept);
    for (const [op, row] of this.kepts) all.set(op, row && { ...all.get(op), ...row });
    return [...all.values()].filter((row) => row !== null);
  }

  keptRow(op: string): Omit<KeptRow, "sealed"> | undefined {
    const changed = this.kepts.get(op);
    return changed === null ? undefined : changed ? { ...this.store.kept.get(op), ...(changed as KeptRow) } : this.store.kept.get(op);
  }

  keep(op: string, row: Partial<KeptRow> | null): void {
    const before = this.kepts.get(op);
    this.kepts.set(op, row && before ? { ...before, ...row } : row);
  }

  changes(): { entries: Entry[]; outbox: [string, Waiting | null][]; kept: [string, Partial<KeptRow> | null][] } {
    return { entries: [...this.entries.values()], outbox: [...this.outboxed], kept: [...this.kepts] };
  }
}

type Row<T extends TableName> = Tables[T] extends Map<string, infer R> ? R : never;

/** Takes everything off this device. */
export async function erase(db: Database): Promise<void> {
  db.close();
  await Dexie.delete(db.name);
}
