/** Bytes and digests on which both sides of the wire agree: RFC 8785 (JSON canonicalization), SHA-256. */

import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** The canonical JSON of a value. Throws RangeError for what JSON cannot say exactly. */
export function canonical(value: unknown): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") return exact(value);
  if (typeof value === "string") return quoted(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const entries = Object.entries(value as object).filter(([, each]) => each !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1)); // UTF-16 code units, as RFC 8785 says
  return `{${entries.map(([key, each]) => `${quoted(key)}:${canonical(each)}`).join(",")}}`;
}

function exact(value: number): string {
  if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < 1e21)) {
    throw new RangeError("a number that JSON cannot say exactly");
  }
  return JSON.stringify(value);
}

function quoted(value: string): string {
  if (LONE_SURROGATE.test(value)) throw new RangeError("a lone surrogate");
  return JSON.stringify(value);
}

export function sha256Hex(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}

export function sha256Bytes(text: string): Uint8Array {
  return sha256(utf8ToBytes(text));
}

/** One record's term of a feed's digest, their sum modulo 2²⁵⁶ (protocol, "Proof of agreement"). */
export function recordDigest(id: string, rev: number): bigint {
  return BigInt(`0x${sha256Hex(`${id}:${rev}`)}`);
}
