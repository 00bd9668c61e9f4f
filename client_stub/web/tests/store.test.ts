/** The journal: what is written is there after a kill, unreadable without the key, and stays small. */

import Dexie from "dexie";
import { describe, expect, it, vi } from "vitest";
import { newId } from "../src/protocol/ids";
import { begin, holders, unlock } from "../src/app/session";
import { encrypt, newKey, unwrap, wrap } from "../src/store/cipher";
import { Database } from "../src/store/db";
import { Drafts, type Draft } from "../src/store/drafts";
import { Store } from "../src/store/store";
import { enrolled, Register, reopened } from "./tablet";

const record = (id: string, purpose: string) => ({
  id, type: "visit", rev: 1, epoch: "5f1c09ab", at: "0", feeds: [], fields: { purpose }, disputed: {}, incomplete: [], pull: 0, unsent: 0, deleted: false,
});

describe("the store", () => {
  it("opens what the first app has written, its outbox untouched", async () => {
    const [name, key] = ["an-older-app", await newKey()];
    const older = new Dexie(name);
    older.version(1).stores({ open: "key", pages: "n", outbox: "op", kept: "op", drafts: "key" });
    const row = { seq: 1, op: "op-1", device: null, mends: null, at: "0", sealed: new Uint8Array([1]), box: await encrypt(key, "outbox:op-1", "{}") };
    await older.table("outbox").add(row);
    older.close();
    const store = await Store.open(new Database(name), key);
    expect([...store.outbox.values()]).toMatchObject([{ op: "op-1", body: "{}" }]);
    expect(await store.db.photos.count()).toBe(0);
  });

  it("writes all of a transaction or nothing of it", async () => {
    const store = await enrolled(await Register.make());
    const broken = store.write((tx) => {
      tx.put("records", "a", record("a", "x"));
      throw new Error("killed");
    });
    await expect(broken).rejects.toThrow("killed");
    await store.write((tx) => tx.put("records", "b", record("b", "y")));
    expect([...(await reopened(store)).tables.records.keys()]).toEqual(["b"]);
  });

  it("lets a transaction see its own changes", async () => {
    const store = await enrolled(await Register.make());
    await store.write((tx) => {
      tx.set({ seq: 5 });
      tx.put("records", "a", record("a", "x"));
      tx.put("records", "b", null);
      expect(tx.get("seq")).toBe(5);
      expect([...tx.rows("records")].map(([id]) => id)).toEqual(["a"]);
    });
  });

  it("holds no name that could be read without the key, and opens with no other", async () => {
    const store = await enrolled(await Register.make());
    await store.write((tx) => tx.put("records", "a", record("a", "Королёва")));
    const pages = await store.db.pages.toArray();
    const bytes = pages.map((page) => new TextDecoder().decode(page.box)).join();
    expect(bytes).not.toContain("Королёва");
    await expect(Store.open(store.db, await newKey())).rejects.toThrow();
  });

  it("writes a loose journal anew, and loses nothing by it", async () => {
    const store = await enrolled(await Register.make());
    for (let i = 0; i < 90; i++) await store.write((tx) => tx.put("records", `${i % 7}`, record(`${i % 7}`, `${i}`)));
    await store.tidy();
    expect(await store.db.pages.count()).toBe(1);
    await store.write((tx) => tx.put("records", "0", record("0", "last")));
    const again = await reopened(store);
    expect(again.tables.records.size).toBe(7);
    expect(again.tables.records.get("0")!.fields["purpose"]).toBe("last");
  });

  it("opens with the PIN and with no other", async () => {
    const key = await newKey();
    const wrapped = await wrap(key, "246810");
    expect(await unwrap(wrapped, "246811")).toBeNull();
    expect(await unwrap(wrapped, "246810")).not.toBeNull();
  });

  it("has a form again as it stood at the last keystroke", async () => {
    const store = await enrolled(await Register.make());
    const drafts = await Drafts.open(store.db, store.key, "anna");
    const draft: Draft = { key: "visit:1", type: "visit", id: newId(), at: 0, place: "visit/1", before: {}, values: {}, opened: null };
    for (const purpose of ["П", "Пе", "Печ", "Печь"]) drafts.save({ ...draft, values: { purpose } });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const again = await Drafts.open(store.db, store.key, "anna");
    expect(again.get("visit:1")!.values).toEqual({ purpose: "Печь" });
    expect((await Drafts.open(store.db, store.key, "olga")).all()).toEqual([]);
    await again.drop("visit:1");
    expect((await Drafts.open(store.db, store.key, "anna")).all()).toEqual([]);
  });

  it("keeps a form again once the disk has room, and can let go of it", async () => {
    const store = await enrolled(await Register.make());
    const drafts = await Drafts.open(store.db, store.key, "anna");
    const draft: Draft = { key: "visit:1", type: "visit", id: newId(), at: 0, place: "visit/1", before: {}, values: {}, opened: null };
    const put = vi.spyOn(store.db.drafts, "put").mockRejectedValueOnce(new DOMException("full", "QuotaExceededError"));
    drafts.save({ ...draft, values: { purpose: "Пе" } });
    await vi.waitFor(() => expect(put).toHaveBeenCalled());
    await new Promise((resolve) => setTimeout(resolve, 20));
    drafts.save({ ...draft, values: { purpose: "Печь" } });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await Drafts.open(store.db, store.key, "anna")).get("visit:1")?.values).toEqual({ purpose: "Печь" });
    await drafts.drop("visit:1", "link:1");
    expect((await Drafts.open(store.db, store.key, "anna")).all()).toEqual([]);
  });

  it("is written by the latest session alone, whatever a sync of the one before was about", async () => {
    const db = new Database("two-sessions");
    const { store: before } = await begin(db, "w", "Иванова", "246810");
    const put = (store: Store, id: string) => store.write((tx) => tx.put("records", id, record(id, "Печь")));
    const [ended] = await Promise.all([put(before, "a"), before.tidy()]);
    const session = await unlock(db, (await holders(db))[0]!, "246810");
    if (typeof session !== "object") throw new Error("not opened");
    await expect(put(before, "b")).rejects.toThrow("stopped");
    await put(session.store, "c");
    expect([ended, [...(await reopened(session.store)).tables.records.keys()]]).toEqual([undefined, ["a", "c"]]);
  });

  it("takes a PIN again when its clock was set back beyond every pause", async () => {
    const db = new Database("clock-set-back");
    await begin(db, "w", "Иванова", "246810");
    const [holder] = await holders(db);
    await db.say("tries", { failed: 9, until: Date.now() + 60_000 });
    expect(await unlock(db, holder!, "246810")).toBeTypeOf("number");
    await db.say("tries", { failed: 9, until: Date.now() + 300 * 864e5 });
    expect(await unlock(db, holder!, "246810")).toBeTypeOf("object");
  });
});
