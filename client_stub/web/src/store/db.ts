/**
 * The tablet's IndexedDB, as it lies on the disk. Everything that names a person is encrypted (cipher.ts) but for what
 * can be read by nobody here anyway: `outbox.sealed` and `kept.sealed`, which only the server opens. What a locked tablet
 * must know to hand in lies in the clear: which ops wait, which name a photo, whether the server has it.
 *
 * `open`   what must be read before the PIN: the keyring, the push identities, the language
 * `pages`  the journal of everything private, page by page: records, meta, acknowledged ops… (store.ts)
 * `outbox` ops that the server has not acknowledged, each sealed beside its readable copy
 * `kept`   what it has acknowledged, sealed, for the day when it is restored from a backup
 * `drafts` forms as they stood at the last keystroke
 * `photos` photographs, each under its SHA-256, until 90 days after the server has it
 */

import Dexie, { type Table } from "dexie";

export interface OutboxRow {
  seq: number;
  op: string;
  device: string | null;
  mends: string | null;
  at: string;
  sealed: Uint8Array;
  /** The op's JSON, encrypted with the store's key; null when that key is lost and only the server can read it. */
  box: Uint8Array | null;
}

export interface KeptRow {
  op: string;
  seq: number;
  device: string;
  mends: string | null;
  epoch: string | null;
  at: number;
  was: Record<string, number>;
  sealed: Uint8Array;
}

export interface PhotoRow {
  sha256: string;
  /** The photo for two readers, the open store and the server (photobox.ts); without `seal`: for the open store alone. */
  box: Uint8Array;
  /** The server's key to which it is sealed; absent in what an older app has stored. */
  seal?: string;
  /** The ops whose records name it. */
  ops?: string[];
  /** The device that named it, where no op here says so: it came from a copy. */
  device?: string;
  /** Named by an op and not on the server: by its index a locked tablet finds what to hand in. */
  due?: 1;
  handedIn: boolean;
  /** In which epoch it was, as far as that is known. */
  epoch?: string;
}

export class Database extends Dexie {
  open_!: Table<{ key: string; value: any }, string>;
  pages!: Table<{ n: number; box: Uint8Array }, number>;
  outbox!: Table<OutboxRow, string>;
  kept!: Table<KeptRow, string>;
  drafts!: Table<{ key: string; box: Uint8Array }, string>;
  photos!: Table<PhotoRow, string>;

  constructor(name = "vyezd") {
    super(name, { chromeTransactionDurability: "strict" });
    // Versions are only ever added below: an update must open what an older app has written, outbox first of all.
    this.version(1).stores({ open: "key", pages: "n", outbox: "op", kept: "op", drafts: "key" });
    this.version(2).stores({ photos: "sha256" });
    this.version(3).stores({ photos: "sha256, seal, due" });
    this.open_ = this.table("open");
  }

  async said<T>(key: string): Promise<T | undefined> {
    return (await this.open_.get(key))?.value;
  }

  async say(key: string, value: unknown): Promise<void> {
    await this.open_.put({ key, value });
  }
}
