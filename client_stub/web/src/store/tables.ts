/** What the journal's entries hold: the tables of the open store. */

import type { Candidate, Fields, Notice, Schemas, Team } from "../protocol/types";
import type { ReceiptLine } from "../protocol/receipts";

/** A record as the server sent it; `pull` is the fresh start under which it came. */
export interface ServerRecord {
  id: string;
  type: string;
  rev: number;
  epoch: string;
  at: string;
  feeds: string[];
  fields: Fields;
  disputed: Record<string, Candidate[]>;
  incomplete: string[];
  /** Field → codes of soft checks; absent in what an older app has stored. */
  warnings?: Record<string, string[]>;
  pull: number;
  /** On the screen: how many of the tablet's edits lie over it, and whether one deletes it. Of a plain copy, none. */
  unsent: number;
  deleted: boolean;
}

/** An op that the server has taken; its `body` is shown until a pull has brought the rev that holds it. */
export interface Acknowledged {
  op: string;
  seq: number;
  type: string;
  record: string;
  epoch: string;
  base: number;
  body: string | null;
  outcome: string;
  rev: number | null;
  acknowledgedIn: string;
}

/** A marked copy of a quarantined op, for its author to mend. */
export interface ToMend {
  op: string;
  type: string;
  record: string;
  body: string | null;
  errors: Record<string, string[]>;
  device: string | null;
  settled: string | null;
  mendedBy: string | null;
}

export interface Receipt {
  batch: string;
  device: string;
  at: string;
  ops: ReceiptLine[];
  receipt: string;
}

export interface Former {
  device: string;
  token: string;
  seal: string;
}

/** A photograph of this tablet, by the id of its attachment. */
export interface Photo {
  id: string;
  /** The record that it belongs to, which may still be a draft; `op`: what wrote the attachment, null until it is saved. */
  owner: string;
  op: string | null;
  /** The device that named it, where no op here says so: it came from a copy. */
  device?: string;
  sha256: string;
  mime: string;
  size: number;
  takenAt: string;
  /** `refused`: the server will not have it, for the reason in `error`; the file stays here. */
  state: "waiting" | "confirmed" | "refused";
  error: string | null;
  /** In which epoch and when (Unix ms) the server had it. */
  epoch: string | null;
  at: number;
}

export interface Meta {
  device: string;
  token: string;
  key: string;
  epoch: string;
  serverKeys: { seal: string; sign: string };
  team: Team;
  leaseUntil: string;
  scope: string[];
  cursor: string | null;
  pull: number;
  /** Whether the last pull reached the head of the scope: only then digests can be compared. */
  standing: boolean;
  rewound: boolean;
  reenrol: boolean;
  revoked: boolean;
  outdated: boolean;
  seq: number;
  stamp: string;
  offsetMs: number;
  /** How long the last answer took: the offset is good to half of it. */
  tripMs: number;
  syncedAt: string;
  schemas: Schemas;
  schemasTag: string;
  /** Phrases that workers have used in notes, the latest first. */
  phrases: string[];
  /** Bytes of ops that go into one exchange (work/pace.ts). */
  room: number;
  /** Bytes of a photo that go into one request. */
  chunk: number;
  /** Whether photos wait for a Wi-Fi. */
  wifiOnly: boolean;
}

export interface Tables {
  meta: Map<string, any>;
  records: Map<string, ServerRecord>;
  acknowledged: Map<string, Acknowledged>;
  mend: Map<string, ToMend>;
  notices: Map<string, Notice>;
  receipts: Map<string, Receipt>;
  formers: Map<string, Former>;
  photos: Map<string, Photo>;
}

export type TableName = keyof Tables;
export type Entry = [table: TableName, key: string, value: unknown];

export function empty(): Tables {
  return {
    meta: new Map(),
    records: new Map(),
    acknowledged: new Map(),
    mend: new Map(),
    notices: new Map(),
    receipts: new Map(),
    formers: new Map(),
    photos: new Map(),
  };
}
