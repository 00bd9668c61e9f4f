/**
 * Receipts: the server's signature under what came in a batch and what became of it (protocol, "Receipts"), checked
 * without a connection against the key that the enrolment told.
 */

import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { fromBase64Url } from "./base64";
import { canonical, sha256Bytes, sha256Hex } from "./canonical";
import type { Op } from "./types";

export interface ReceiptLine {
  op: string;
  seq: number;
  sha256: string;
  outcome: string;
}

type Decided = [op: Op, outcome: string];

/** Whether both sides write this op alike (RFC 8785); others have no place in a receipt. */
export function isExact(op: Op): boolean {
  try {
    canonical(op);
    return true;
  } catch {
    return false;
  }
}

/** The payload that a receipt for these ops of a device must have. */
export function statement(device: string, decided: Decided[]): Record<string, unknown> {
  const ordered = inOrder(decided);
  const whole = sha256.create();
  for (const [op] of ordered) whole.update(utf8ToBytes(op.op)).update(sha256Bytes(canonical(op)));
  const outcomes = ordered.map(([, outcome]) => outcome);
  return { device, ops: ordered.length, sha256: bytesToHex(whole.digest()), outcomes };
}

/** What to keep of a receipt's ops, so that it can be checked when they can no longer be read. */
export function lines(decided: Decided[]): ReceiptLine[] {
  return inOrder(decided).map(([op, outcome]) => ({ op: op.op, seq: op.seq, sha256: sha256Hex(canonical(op)), outcome }));
}

/** Whether `receipt` is the server's word on exactly these ops and outcomes. `key`: 32 bytes in base64url. */
export function verifies(receipt: string, key: string, device: string, decided: Decided[]): boolean {
  const [header, payload, signature, ...more] = receipt.split(".");
  if (!header || !payload || !signature || more.length) return false;
  try {
    if (JSON.parse(text(header)).alg !== "EdDSA") return false;
    if (text(payload) !== canonical(statement(device, decided))) return false;
    return ed25519.verify(fromBase64Url(signature), utf8ToBytes(`${header}.${payload}`), fromBase64Url(key));
  } catch {
    return false;
  }
}

function inOrder(decided: Decided[]): Decided[] {
  return [...decided].sort(([a], [b]) => a.seq - b.seq || (a.op < b.op ? -1 : 1));
}

function text(part: string): string {
  return new TextDecoder().decode(fromBase64Url(part));
}
