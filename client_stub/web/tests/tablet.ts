/** A tablet without a screen and a register without a database: enough of both to come home a thousand times. */

import { ed25519 } from "@noble/curves/ed25519.js";
import { Decrypter, generateIdentity, identityToRecipient } from "age-encryption";
import { vi } from "vitest";
import { fromBase64, toBase64Url } from "../src/protocol/base64";
import { canonical } from "../src/protocol/canonical";
import { pack } from "../src/protocol/clock";
import { isExact, statement } from "../src/protocol/receipts";
import type { Op, Schemas } from "../src/protocol/types";
import { newKey } from "../src/store/cipher";
import { Database } from "../src/store/db";
import { Store } from "../src/store/store";
import { renew } from "../src/app/session";
import { notePusher } from "../src/work/sealedcopy";
import { takeUp } from "../src/work/sealedphotos";

const utf8 = new TextEncoder();
export const FEED = "01980000-0000-7000-8000-0000000000fe";
export type Fault = "none" | "lost" | "cut";

export const SCHEMAS: Schemas = {
  version: 2,
  codes: {},
  types: {
    attachment: { title: { ru: "Вложение", en: "Attachment" }, groups: [], display: [], writer: "tablet", fields: {} },
    visit: {
      title: { ru: "Посещение", en: "Visit" },
      groups: [],
      display: [],
      writer: "tablet",
      fields: {
        purpose: { type: "text", merge: "latest", writer: "tablet" },
        needs: { type: "list", merge: "set", items: { type: "enum" }, writer: "tablet" },
        notes: { type: "list", merge: "log", items: { type: "text" }, writer: "tablet" },
        result: { type: "enum", merge: "states", writer: "tablet" },
        attended: { type: "integer", merge: "counter", writer: "tablet" },
        remark: { type: "text", merge: "latest", writer: "office" },
      },
    },
  },
};

/** A register that takes every op once, by device and id, and answers as docs/protocol.md says. */
export class Register {
  epoch = "5f1c09ab";
  fault: Fault = "none";
  taken = new Map<string, { op: Op; device: string; rev: number }>();
  refuse = new Set<string>();
  /** What a device's next answers tell it to call itself by, until it does. */
  coming = "";
  requests: any[] = [];
  tokens: string[] = [];
  revoked = false;
  /** Tokens that it does not know any more. */
  unknown = new Set<string>();
  /** By name: how far each upload came, and how many bytes were carried for it in all. */
  uploads = new Map<string, { size: number; sealed: boolean; offset: number; carried: number; by: string }>();
  private readonly secret = ed25519.utils.randomSecretKey();
  readonly sign = toBase64Url(ed25519.getPublicKey(this.secret));
  identity = "";
  seal = "";

  static async make(): Promise<Register> {
    const register = new Register();
    register.identity = await generateIdentity();
    register.seal = await identityToRecipient(register.identity);
    vi.stubGlobal("navigator", { onLine: true });
    vi.stubGlobal("fetch", (url: string, options: any) => register.answer(url, options));
    return register;
  }

  private async answer(url: string, options: any): Promise<Response> {
    if (this.fault === "cut") throw new TypeError("no network");
    if (this.unknown.has(String(options.headers["Authorization"]).replace("Bearer ", ""))) return problem(401, "unauthorized");
    if (url.endsWith("/uploads")) return this.begin(options.headers);
    if (!url.endsWith("/sync")) throw new TypeError(`unexpected ${url}`);
    const packed = options.headers["Content-Encoding"] === "gzip";
    const stream = packed ? (options.body as Blob).stream().pipeThrough(new DecompressionStream("gzip")) : options.body;
    const text = await new Response(stream).text();
    if (text.length > 4 * 1024 * 1024) return problem(413, "too-large");
    const asked = JSON.parse(text);
    this.requests.push(asked);
    this.tokens.push(String(options.headers["Authorization"]).replace("Bearer ", ""));
    const said = await this.sync(asked, String(options.headers["Authorization"]).replace("Bearer ", ""));
    if (this.fault === "lost") throw new TypeError("the answer was lost");
    return Response.json(said);
  }

  private begin(headers: Record<string, string>): Response {
    const told = headers["Upload-Metadata"]!;
    const [name, size] = [atob(told.split(",")[0]!.split(" ")[1]!), Number(headers["Upload-Length"])];
    const [begun, sealed] = [this.uploads.get(name), told.endsWith(",sealed")];
    const goesOn = begun && (begun.offset === begun.size || begun.sealed === sealed);
    const known = goesOn ? begun : { size, sealed, offset: 0, carried: begun?.carried ?? 0, by: String(headers["Authorization"]).replace("Bearer ", "") };
    if (known.offset === known.size) known.size = known.offset = size; // it needs no byte of it
    this.uploads.set(name, known);
    const said = { Location: `/api/v1/uploads/${name}`, "Upload-Offset": String(known.offset), "Tus-Resumable": "1.0.0" };
    return new Response(null, { status: 201, headers: said });
  }

  private async sync(asked: any, device: string) {
    const ops: Op[] = await Promise.all(asked.ops.map((op: any) => this.open(op)));
    const results = ops.map((op) => this.take(op, device));
    const readable = ops.filter((op, index) => !asked.ops[index].sealed && isExact(op));
    const decided = readable.map((op): [Op, string] => [op, results.find((result) => result.op === op.op)!.outcome]);
    const reset = Boolean(asked.cursor) && !asked.cursor.startsWith(this.epoch);
    const changes = this.records(reset || !asked.cursor ? 0 : Number(asked.cursor.split(":")[1]));
    return {
      server_time: new Date().toISOString(), epoch: this.epoch, lease_until: new Date(Date.now() + 864e5).toISOString(),
      scope: [FEED], results, settled: [], notices: [], changes, cursor: `${this.epoch}:${this.taken.size}`, more: false,
      receipt: this.signed(canonical(statement(device, decided))),
      ...(reset ? { reset } : {}),
      ...(this.revoked ? { revoked: true, drained: asked.drained } : {}),
      ...(this.coming ? { token: this.coming } : {}),
    };
  }

  /** The latest of what was taken is lost, as after a restore from a backup. */
  restore(keep: number): void {
    this.taken = new Map([...this.taken].slice(0, keep));
    this.epoch = (parseInt(this.epoch, 16) + 1).toString(16);
  }

  private async open(op: any): Promise<Op> {
    if (!op.sealed) return op;
    const decrypter = new Decrypter();
    decrypter.addIdentity(this.identity);
    return JSON.parse(await decrypter.decrypt(fromBase64(op.sealed), "text"));
  }

  private take(op: Op, device: string) {
    const known = this.taken.get(op.op);
    if (this.refuse.has(op.op)) return { op: op.op, outcome: "quarantined", errors: { purpose: ["Не годится."] } };
    if (known && known.device !== device) throw new Error(`${op.op} under two devices`);
    if (known && canonical(known.op) !== canonical(op)) throw new Error(`${op.op} with other content`);
    if (!known) this.taken.set(op.op, { op, device, rev: this.revOf(op.id) + 1 });
    return { op: op.op, outcome: "applied", rev: this.taken.get(op.op)!.rev };
  }

  private revOf(id: string): number {
    return [...this.taken.values()].filter(({ op }) => op.id === id).length;
  }

  /** The records that have changed since so many ops were taken. */
  private records(since: number) {
    const ids = new Set([...this.taken.values()].slice(since).map(({ op }) => op.id));
    return [...ids].map((id) => {
      const ops = [...this.taken.values()].filter(({ op }) => op.id === id).map(({ op }) => op);
      const notes = ops.flatMap((op) => (op.add?.["notes"] ?? []).map((value, i) => ({ op: op.op, i, at: op.at, by: null, value })));
      const needs = [...new Set(ops.flatMap((op) => op.add?.["needs"] ?? []))];
      return { type: "visit", id, rev: ops.length, at: pack(Date.now()), feeds: [FEED], fields: { notes, needs }, disputed: {}, incomplete: [] };
    });
  }

  private signed(payload: string): string {
    const head = toBase64Url(utf8.encode(JSON.stringify({ alg: "EdDSA", kid: "0" })));
    const body = `${head}.${toBase64Url(utf8.encode(payload))}`;
    return `${body}.${toBase64Url(ed25519.sign(utf8.encode(body), this.secret))}`;
  }
}

function problem(status: number, code: string): Response {
  return Response.json({ type: `urn:vyezd:problem:${code}` }, { status, headers: { "Content-Type": "application/problem+json" } });
}

let tablets = 0;

/** An enrolled tablet with an empty store. `device` is its token too. */
export async function enrolled(register: Register, device = "device-1"): Promise<Store> {
  const db = new Database(`tablet-${(tablets += 1)}`);
  return joined(await Store.open(db, await newKey()), register, device);
}

/** A store that belongs to a device of the team. */
async function joined(store: Store, register: Register, device: string): Promise<Store> {
  await store.write((tx) =>
    tx.set({
      device, token: device, epoch: register.epoch, serverKeys: { seal: register.seal, sign: register.sign },
      team: { id: "t", name: "Бригада", code: "1", territories: [], workers: [] }, schemas: SCHEMAS, pull: 0,
    }),
  );
  await notePusher(store.db, { device, token: device, seal: register.seal }, true);
  await takeUp(store);
  return store;
}

/** The PIN is forgotten: a new code from the office, a new key, another device. */
export async function renewed(store: Store, register: Register): Promise<Store> {
  const session = await renew(store.db, "w", "Иванова", "246810");
  return joined(session.store, register, `device-${(tablets += 1)}+`);
}

/** The same tablet after its app was killed: nothing is left but what lies on the disk. */
export function reopened(store: Store): Promise<Store> {
  return Store.open(store.db, store.key);
}
