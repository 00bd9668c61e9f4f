/** What the Python side computes, computed here alike: tests/golden/tablet.json of the checkout. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { canonical, recordDigest, sha256Hex } from "../src/protocol/canonical";
import { check } from "../src/protocol/checks";
import { millisecondsOf, pack } from "../src/protocol/clock";
import { lines, statement, verifies } from "../src/protocol/receipts";
import { fold, stem, words } from "../src/protocol/text";
import { layOver } from "../src/work/view";

const golden = JSON.parse(readFileSync(new URL("../../../tests/golden/tablet.json", import.meta.url), "utf-8"));

describe("both clients of the protocol", () => {
  it.each<any>(golden.stamps)("pack the stamp $stamp", ({ ms, counter, stamp }) => {
    expect(pack(ms, counter)).toBe(stamp);
    expect(millisecondsOf(stamp)).toBe(ms);
  });

  it.each<any>(golden.canonical)("write $canonical alike", ({ json, canonical: text, sha256 }) => {
    expect(canonical(JSON.parse(json))).toBe(text);
    expect(sha256Hex(text)).toBe(sha256);
  });

  it("refuse to write what JSON cannot say exactly", () => {
    expect(() => canonical(2 ** 53)).toThrow(RangeError);
    expect(() => canonical("\ud800")).toThrow(RangeError);
  });

  it.each<any>(golden.digests)("digest a record at rev $rev", ({ id, rev, hex }) => {
    expect(recordDigest(id, rev).toString(16).padStart(64, "0")).toBe(hex);
  });

  it("believe a receipt that says what was sent and became of it, and no other", () => {
    const { key, device, decided, payload, receipt } = golden.receipt;
    expect(canonical(statement(device, decided))).toBe(payload);
    expect(verifies(receipt, key, device, decided)).toBe(true);
    expect(lines(decided).map((line) => line.seq)).toEqual([1, 2]);
    const [first, second] = decided;
    expect(verifies(receipt, key, device, [first])).toBe(false);
    expect(verifies(receipt, key, device, [[first[0], "stored"], second])).toBe(false);
    expect(verifies(receipt.slice(0, -4) + "AAAA", key, device, decided)).toBe(false);
    expect(verifies("", key, device, decided)).toBe(false);
  });

  it("lay ops over a record alike", () => {
    const { fields, ops, kinds, shown } = golden.overlay;
    expect(layOver(fields, ops, (name) => kinds[name])).toEqual(shown);
  });

  it.each<any>(golden.text)("fold and stem $text", ({ text, fold: folded, stems }) => {
    expect(fold(text)).toBe(folded);
    expect([...new Set(words(text).map(stem))]).toEqual(stems);
  });

  it.each<any>(golden.checks)("have the same doubt about $check $text: $code", ({ check: name, text, code }) => {
    expect(check({ type: "string", check: name }, text, "2026-01-01")).toBe(code);
  });
});
