/** What was written comes home once: whatever is cut, lost or killed on the way. */

import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { newId } from "../src/protocol/ids";
import { Server } from "../src/protocol/transport";
import { Trouble } from "../src/protocol/trouble";
import type { Store } from "../src/store/store";
import { contactOf } from "../src/work/contacts";
import type { Family } from "../src/work/families";
import { takeBack, write } from "../src/work/edits";
import { mend, toMend } from "../src/work/mending";
import { copyOf, pushSealed, takeCopy } from "../src/work/sealedcopy";
import { isAllHandedIn, sync } from "../src/work/sync";
import { look } from "../src/work/view";
import { enrolled, Register, renewed, reopened, SCHEMAS, type Fault } from "./tablet";

const home = (store: Store) => sync(store, new Server(store.get("token")!, "ru"));

async function note(store: Store, id: string, text: string): Promise<string> {
  const [op] = await write(store, [{ type: "visit", id, change: { add: { notes: [text] } }, opened: look(store, id) }], "w");
  return op!.op;
}

const notesOf = (store: Store, id: string): string[] => (look(store, id)?.fields["notes"] ?? []).map((entry: any) => entry.value);

const locked = (store: Store) => pushSealed(store.db, "ru", async () => {}, () => {});

type Step = { does: "write"; visit: number } | { does: "sync" | "locked"; fault: Fault } | { does: "kill" } | { does: "forget" };

const steps = fc.array(
  fc.oneof(
    fc.record({ does: fc.constant("write" as const), visit: fc.integer({ min: 0, max: 2 }) }),
    fc.record({ does: fc.constant("sync" as const), fault: fc.constantFrom<Fault>("none", "lost", "cut") }),
    fc.record({ does: fc.constant("locked" as const), fault: fc.constantFrom<Fault>("none", "lost", "cut") }),
    fc.record({ does: fc.constant("kill" as const) }),
    fc.record({ does: fc.constant("forget" as const) }),
  ),
  { minLength: 1, maxLength: 12 },
);

describe("the outbox", () => {
  it("loses and doubles nothing, in any order of edits, syncs, cuts, kills, locked hand-ins and forgotten PINs", async () => {
    await fc.assert(fc.asyncProperty(steps, playedOut), { numRuns: 30, seed: 1 });
  }, 60_000);

  async function playedOut(played: Step[]): Promise<void> {
    const register = await Register.make();
    const visits = [newId(), newId(), newId()];
    const told: Record<string, string[]> = Object.fromEntries(visits.map((id) => [id, []]));
    let store = await enrolled(register);
    let unread = false; // what was written before a PIN was forgotten is shown again when the server has sent it
    for (const [number, step] of played.entries()) {
      if (step.does === "kill") store = await reopened(store);
      else if (step.does === "forget") [store, unread] = [await renewed(store, register), true];
      else if (step.does === "locked") {
        register.fault = step.fault;
        await locked(store).catch((error) => expect(error).toBeInstanceOf(Trouble));
        store = await reopened(store);
      } else if (step.does === "write") {
        await note(store, visits[step.visit]!, `${number}`);
        told[visits[step.visit]!]!.push(`${number}`);
      } else {
        register.fault = step.fault;
        const writing = note(store, visits[0]!, `${number}`); // while the sync is under way
        told[visits[0]!]!.push(`${number}`);
        const [report] = await Promise.all([home(store), writing]);
        unread &&= report.trouble !== null;
      }
      for (const id of unread ? [] : visits) expect(notesOf(store, id)).toEqual(told[id]);
    }
    register.fault = "none";
    store = await reopened(store);
    expect(isAllHandedIn(await home(store))).toBe(true);
    const taken = [...register.taken.values()].map(({ op }) => op).sort((a, b) => a.seq - b.seq);
    expect(taken.map((op) => op.seq)).toEqual(taken.map((_, i) => i + 1));
    for (const id of visits) expect(notesOf(store, id)).toEqual(told[id]);
  }

  it("shows what was written before, during and after it comes home", async () => {
    const register = await Register.make();
    const store = await enrolled(register);
    const id = newId();
    await note(store, id, "Печь дымит");
    expect(look(store, id)).toMatchObject({ rev: 0, unsent: 1 });
    await home(store);
    expect(look(store, id)).toMatchObject({ rev: 1, unsent: 0 });
    expect(notesOf(store, id)).toEqual(["Печь дымит"]);
  });

  it("says of a half-written form what it has seen, also when its family was visited meanwhile", async () => {
    const store = await enrolled(await Register.make());
    const [id, view] = [newId(), { type: "family", epoch: "5f1c09ab", fields: {}, disputed: {}, incomplete: [], unsent: 0, deleted: false }];
    const info = { ...SCHEMAS.types["visit"]!, fields: { last_contact: { type: "date", merge: "max" } } };
    const family = { view: { ...view, id, rev: 5 } } as unknown as Family; // a colleague's correction has come
    const met = contactOf(family, { result: "held", started_at: "2026-05-14T10:00:00+03:00" }, { ...SCHEMAS, types: { family: info } }, "2026-05-14");
    await write(store, met, "w");
    const [late] = await write(store, [{ type: "family", id, change: { set: { address: "ул. Мира, 3" } }, opened: { ...view, rev: 3 } }], "w");
    expect([met.length, late!.base]).toEqual([1, 3]);
  });

  it("takes an edit back until it may have been sent", async () => {
    const register = await Register.make();
    const store = await enrolled(register);
    const id = newId();
    const op = await note(store, id, "Ошибка");
    expect(await takeBack(store, [op])).toBe(true);
    expect(look(store, id)).toBeUndefined();
    const sent = await note(store, id, "Верно");
    register.fault = "lost";
    await home(store);
    expect(await takeBack(store, [sent])).toBe(false);
  });

  it("keeps a refused edit for its author, and sends the mend in its name", async () => {
    const register = await Register.make();
    const store = await enrolled(register);
    const op = await note(store, newId(), "Не годится");
    register.refuse.add(op);
    await home(store);
    const [copy] = toMend(store);
    expect(copy!.errors).toEqual({ purpose: ["Не годится."] });
    await mend(store, copy!, { add: { notes: ["Годится"] } }, "w");
    expect(toMend(store)).toEqual([]);
    await home(store);
    expect([...register.taken.values()].map((each) => each.op.mends)).toEqual([op]);
  });

  it("believes no answer whose receipt does not verify", async () => {
    const register = await Register.make();
    const store = await enrolled(register);
    await note(store, newId(), "1");
    await store.write((tx) => tx.set({ serverKeys: { seal: register.seal, sign: (register as any).sign.replace(/^.../, "AAA") } }));
    expect((await home(store)).trouble?.code).toBe("bad_receipt");
    expect(store.outbox.size).toBe(1);
  });

  it("uses a new token once it is on the disk, also when the answer that told it was lost", async () => {
    const register = await Register.make();
    let store = await enrolled(register);
    register.coming = "token-2";
    register.fault = "lost";
    await home(store);
    expect(store.get("token")).toBe("device-1");
    register.fault = "none";
    await home(store);
    expect(register.tokens.slice(-2)).toEqual(["device-1", "token-2"]); // the head is asked about once more
    store = await reopened(store);
    expect(store.get("token")).toBe("token-2");
  });

  it("keeps what a copied tablet writes for its next identity, unless access was taken away and there is none", async () => {
    const register = await Register.make();
    const store = await enrolled(register);
    await store.write((tx) => tx.set({ reenrol: true }));
    await note(store, newId(), "Печь дымит");
    expect((await home(store)).waiting).toBe(1);
    await store.write((tx) => tx.set({ revoked: true }));
    expect((await home(store)).waiting).toBe(0);
  });

  it("takes JSON of somebody else for no answer", async () => {
    const register = await Register.make();
    const store = await enrolled(register);
    await note(store, newId(), "Печь дымит");
    for (const said of [{ status: "ok" }, [], null]) {
      vi.stubGlobal("fetch", async () => Response.json(said));
      expect(await home(store)).toMatchObject({ waiting: 1, trouble: { code: "not_ours" } });
    }
  });

  it("offers a restored register what it has lost, sealed, under the device that wrote it", async () => {
    const register = await Register.make();
    let store = await enrolled(register);
    const id = newId();
    for (const text of ["1", "2", "3"]) await note(store, id, text);
    await home(store);
    register.restore(1);
    store = await reopened(store);
    const report = await home(store);
    expect(report.offered).toBe(3);
    expect(register.taken.size).toBe(3);
    expect(notesOf(store, id)).toEqual(["1", "2", "3"]);
  });
});

describe("a locked store", () => {
  it("hands in without being opened, and hears the outcome when it is", async () => {
    const register = await Register.make();
    const store = await enrolled(register);
    await note(store, newId(), "1");
    expect(await locked(store)).toEqual({ ops: 1, photos: 0, refused: 0 });
    expect(register.requests[0].ops[0].sealed).toBeTruthy();
    expect(isAllHandedIn(await home(await reopened(store)))).toBe(true);
    expect(register.taken.size).toBe(1);
  });

  it("hands in without being opened what is too much for one request", async () => {
    const register = await Register.make();
    const store = await enrolled(register);
    for (let i = 0; i < 20; i += 1) await note(store, newId(), "ж".repeat(115_000));
    expect(await locked(store)).toEqual({ ops: 20, photos: 0, refused: 0 });
    expect(register.taken.size).toBe(20);
  });

  it("gives its sealed copy to another tablet, which brings it home under the first one's name", async () => {
    const register = await Register.make();
    const first = await enrolled(register);
    await note(first, newId(), "1");
    const file = await (await copyOf(first.db, await first.db.outbox.toArray(), [])).text();
    expect(file).not.toContain("notes");
    const second = await enrolled(register, "device-2");
    await note(second, newId(), "2");
    expect(await takeCopy(second, file)).toEqual({ ops: 1, photos: 0 });
    expect(await takeCopy(second, file)).toEqual({ ops: 0, photos: 0 });
    expect(isAllHandedIn(await home(second))).toBe(true);
    expect([...register.taken.values()].map((each) => each.device).sort()).toEqual(["device-1", "device-2"]);
  });
});
