/** The shapes of the wire (docs/protocol.md, sections 3 and 4) that this client reads and writes. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Fields = Record<string, any>;

/** What a person changed: the parts of an op that carry values. */
export interface Change {
  set?: Fields;
  add?: Record<string, any[]>;
  remove?: Record<string, any[]>;
  inc?: Record<string, number>;
  delete?: boolean;
  over?: string[];
}

export interface Op extends Change {
  op: string;
  type: string;
  id: string;
  seq: number;
  epoch: string;
  base: number;
  at: string;
  schema: number;
  by?: string;
  feed?: string;
  mends?: string;
}

export interface Candidate {
  op: string;
  at: string;
  by: string | null;
  value: any;
}

/** A record as a change brings it; `gone` stands alone with type and id. */
export interface RecordChange {
  type: string;
  id: string;
  gone?: boolean;
  rev: number;
  at: string;
  feeds?: string[];
  fields?: Fields;
  disputed?: Record<string, Candidate[]>;
  incomplete?: string[];
  /** Field → codes of soft checks. */
  warnings?: Record<string, string[]>;
}

export type Outcome = "applied" | "conflict" | "stored" | "quarantined";

export interface ResultSaid {
  op: string | null;
  index?: number;
  outcome: Outcome;
  rev?: number;
  errors?: Record<string, string[]>;
}

export interface Notice {
  id: string;
  kind: string;
  record: string | null;
  text: string;
  due: string | null;
}

export interface SyncAnswer {
  server_time: string;
  epoch: string;
  lease_until: string;
  scope: string[];
  results: ResultSaid[];
  settled: { settled: string; outcome: string }[];
  notices: Notice[];
  changes: RecordChange[];
  cursor?: string;
  more?: boolean;
  left?: number;
  reset?: boolean;
  revoked?: boolean;
  erase?: boolean;
  drained?: boolean;
  reenrol?: boolean;
  outdated?: boolean;
  closed?: boolean;
  receipt?: string;
  /** The token to use from now on: it is told until it was used once. */
  token?: string;
}

export interface Named {
  id: string;
  name: string;
}

export interface Team extends Named {
  code: string;
  territories: { id: string; oktmo: string; name: string }[];
  workers: Named[];
}

export interface Enrolled {
  device: string;
  token: string;
  push_token: string;
  epoch: string;
  server_time: string;
  server_keys: { seal: string; sign: string };
  team: Team;
  lease_until: string;
}

export interface Label {
  ru: string;
  en: string;
}

/** A field as `GET /schemas` describes it; of an element (`items`) most keys are absent. */
export interface FieldInfo {
  type: string;
  merge?: string;
  required?: boolean;
  required_if?: { field: string; values: any[] } | [string, any[]];
  label?: Label;
  hint?: Label;
  group?: string;
  order?: number;
  codes?: string;
  ref?: string;
  items?: FieldInfo;
  fields?: Record<string, FieldInfo>;
  min?: number | string;
  max?: number | string;
  max_length?: number;
  pattern?: string;
  check?: string;
  soft?: boolean;
  writer?: string;
  required_without?: string[];
  steps_of_tablet?: string[];
  transitions?: { from: string | null; to: string[] }[];
}

export interface TypeInfo {
  title: Label;
  groups: { key: string; label: Label }[];
  display: string[];
  date_field?: string;
  writer: string;
  fields: Record<string, FieldInfo>;
}

export interface Code {
  value: string;
  label: Label;
  from: string | null;
  to: string | null;
}

export interface Schemas {
  version: number;
  codes: Record<string, Code[]>;
  types: Record<string, TypeInfo>;
}
