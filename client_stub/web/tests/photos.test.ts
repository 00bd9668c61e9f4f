/** Photos come home after their records, each once, whatever is cut on the way; none is let go of before. */

import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { newId } from "../src/protocol/ids";
import { Server } from "../src/protocol/transport";
import { Trouble } from "../src/protocol/trouble";
import type { Store } from "../src/store/store";
import { takeBack, write } from "../src/work/edits";
import { discard, due, edits, forget, keep, nameLeft, read, standing, unsaved } from "../src/work/photos";
import { sync } from "../src/work/sync";
import { sendPhotos, type Carry } from "../src/work/uploads";
import { copyOf, pushSealed, takeCopy, waitingPhotos } from "../src/work/sealedcopy";
import { sealAnew, unsealed, waitingSealed } from "../src/work/sealedphotos";
import { encryptBytes } from "../src/store/cipher";
import { enrolled, Register, renewed, reopened } from "./tablet";

const server = (store: Store) => new Server(store.get("token")!, "ru");

function shot(seed: number, size = 1000) {
  return { bytes: new Uint8Array(size).fill(seed), mime: "image/jpeg" };
}

async function photographed(store: Store, visit: string, seed: number, size?: number): Promise<string[]> {
  await keep(store, visit, shot(seed, size));
  const ops = await write(store, edits(store, visit, "visit", undefined), "w");
  return ops.map((op) => op.op);
}

/** Carries `most` bytes over a link and breaks it. */
function carrier(register: Register, most = Infinity): Carry {
  return async (_, url, bytes, chunk, tell) => {
    const upload = register.uploads.get(url.split("/").pop()!)!;
    for (let left = most; upload.offset < bytes.length; ) {
      if (left <= 0) throw new Trouble("no_answer", {}, true);
      const whole = Math.min(chunk, bytes.length - upload.offset);
      const part = Math.min(whole, left);
      upload.offset += part;
      upload.carried += part;
      left -= part;
      if (part === whole) tell(upload.offset); // a part of a chunk counts, and nobody hears of it
    }
  };
}

async function home(store: Store, register: Register, most?: number): Promise<string | undefined> {
  const { trouble } = await sync(store, server(store));
  if (trouble) return trouble.code;
  return sendPhotos(store, server(store), carrier(register, most), () => {}).then(() => undefined, (error: Trouble) => error.code);
}

/** Without the PIN. */
function locked(store: Store, register: Register, most?: number) {
  return pushSealed(store.db, "ru", carrier(register, most), () => {});
}

type Step = { does: "photo"; seed: number } | { does: "home"; most: number } | { does: "locked"; most: number } | { does: "kill" } | { does: "restore" } | { does: "forget" };
const steps = fc.array(
  fc.oneof(
    fc.record({ does: fc.constant("photo" as const), seed: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ does: fc.constant("home" as const), most: fc.integer({ min: 0, max: 3000 }) }),
    fc.record({ does: fc.constant("locked" as const), most: fc.integer({ min: 0, max: 3000 }) }),
    fc.record({ does: fc.constant("kill" as const) }),
    fc.record({ does: fc.constant("restore" as const) }),
    fc.record({ does: fc.constant("forget" as const) }),
  ),
  { minLength: 1, maxLength: 10 },
);

describe("photos", () => {
  it("all come home, in any order of pictures, cuts, kills, restores, locked hand-ins and forgotten PINs", async () => {
    await fc.assert(fc.asyncProperty(steps, playedOut), { numRuns: 25, seed: 1 });
  }, 60_000);

  async function playedOut(played: Step[]): Promise<void> {
    const register = await Register.make();
    let store = await enrolled(register);
    const taken = new Set<number>();
    for (const step of played) {
      if (step.does === "kill") store = await reopened(store);
      else if (step.does === "forget") store = await renewed(store, register);
      else if (step.does === "locked") {
        await locked(store, register, step.most).catch((error) => expect(error).toBeInstanceOf(Trouble));
        store = await reopened(store);
      } else if (step.does === "restore") {
        register.restore(register.taken.size);
        register.uploads.clear();
      } else if (step.does === "home") await home(store, register, step.most);
      else {
        await photographed(store, newId(), step.seed, step.seed * 700);
        taken.add(step.seed);
      }
    }
    store = await reopened(store);
    await home(store, register);
    expect(await home(store, register)).toBeUndefined();
    expect(standing(store)).toMatchObject({ waiting: 0, refused: [] });
    expect([...register.uploads.values()].filter(({ size, offset }) => size === offset).length).toBe(taken.size);
  }

  it("go after the records that name them, small ones first, on from the byte", async () => {
    const register = await Register.make();
    const store = await enrolled(register);
    await photographed(store, newId(), 1, 90_000);
    await photographed(store, newId(), 2, 500);
    expect(due(store)).toEqual([]);
    expect(standing(store)).toMatchObject({ waiting: 2, bytes: 90_500 });
    expect(await home(store, register, 70_000)).toBe("no_answer");
    expect(due(store).map(({ size }) => size)).toEqual([90_000]);
    expect(await home(store, register)).toBeUndefined();
    expect([...register.uploads.values()].map(({ carried }) => carried)).toEqual([500, 90_000]);
    expect(register.requests.at(-1).status.photos_waiting).toBe(1);
  });

  it("go in smaller chunks only when a cut has lost what was under way", async () => {
    const register = await Register.make();
    const store = await enrolled(register);
    await photographed(store, newId(), 1, 600_000);
    expect(await home(store, register, 200_000)).toBe("no_answer");
    expect(await home(store, register, 200_000)).toBe("no_answer");
    expect(store.get("chunk")).toBeUndefined();
    expect(await home(store, register, 0)).toBe("no_answer");
    expect(await home(store, register, 0)).toBe("no_answer");
    expect(store.get("chunk")).toBe(65_536);
    expect(await home(store, register)).toBeUndefined();
    expect(store.get("chunk")).toBe(65_536); // halved once more, and doubled by a file that went well
  });

  it("belong to a draft until it is saved, and again when that is undone", async () => {
    const register = await Register.make();
    let store = await enrolled(register);
    const visit = newId();
    const ops = await photographed(store, visit, 1);
    expect(unsaved(store, visit)).toEqual([]);
    expect(await takeBack(store, ops)).toBe(true);
    store = await reopened(store);
    expect(unsaved(store, visit).length).toBe(1);
    expect(await home(store, register)).toBeUndefined();
    expect(register.uploads.size).toBe(0);
    const [photo] = unsaved(store, visit);
    await discard(store, [photo!.id]);
    expect(await read(store, photo!.sha256)).toBeNull();
  });

  it("of a record come home also when the app was killed before they were named", async () => {
    const register = await Register.make();
    let store = await enrolled(register);
    const visit = newId();
    await write(store, [{ type: "visit", id: visit, change: { add: { notes: ["Печь дымит"] } } }], "w");
    await photographed(store, visit, 7);
    await keep(store, visit, shot(8));
    await keep(store, newId(), shot(9)); // of a draft
    store = await reopened(store);
    await nameLeft(store, "w");
    expect(await home(store, register)).toBeUndefined();
    expect([standing(store).handedIn, unsaved(store, visit).length]).toEqual([2, 0]);
    expect([...store.tables.photos.values()].filter(({ op }) => op === null).length).toBe(1);
  });

  it("lie encrypted, and are let go of only when the server has had them for 90 days", async () => {
    const register = await Register.make();
    const store = await enrolled(register);
    await photographed(store, newId(), 7, 4000);
    const [row] = await store.db.photos.toArray();
    expect(Buffer.from(row!.box).includes(Buffer.alloc(32, 7))).toBe(false);
    const past = { offsetMs: 400 * 864e5 };
    await store.write((tx) => tx.set(past));
    await forget(store);
    expect(await store.db.photos.count()).toBe(1);
    expect(await home(store, register)).toBeUndefined();
    expect((await store.db.photos.get(row!.sha256))!.handedIn).toBe(true);
    await store.write((tx) => tx.set(past));
    await forget(store);
    expect(await store.db.photos.count()).toBe(0);
  });

  it("of which a restored register may have lost some make no room for others", async () => {
    const register = await Register.make();
    const store = await enrolled(register);
    await photographed(store, newId(), 7);
    expect(await home(store, register)).toBeUndefined();
    const [row] = await store.db.photos.toArray();
    register.restore(0);
    register.uploads.clear();
    await sync(store, server(store));
    const put = vi.spyOn(store.db.photos, "put").mockRejectedValueOnce(new DOMException("full", "QuotaExceededError"));
    await keep(store, newId(), shot(8));
    put.mockRestore();
    expect(await read(store, row!.sha256)).not.toBeNull();
    expect(await home(store, register)).toBeUndefined();
    expect(register.uploads.get(row!.sha256)).toMatchObject({ offset: 1000 });
  });

  it("go home sealed from a locked tablet, on from the byte, under the device that named them", async () => {
    const register = await Register.make();
    const store = await enrolled(register);
    await photographed(store, newId(), 3, 90_000);
    await keep(store, newId(), shot(4)); // of a draft
    expect(await unsealed(store.db)).toBe(1);
    await expect(locked(store, register, 70_000)).rejects.toThrow("no_answer");
    expect(await waitingSealed(store.db)).toHaveLength(1);
    expect(await locked(store, register)).toEqual({ ops: 1, photos: 1, refused: 0 });
    const [upload] = [...register.uploads.values()];
    expect(upload).toMatchObject({ sealed: true, by: "device-1" });
    const sealedSize = upload!.size;
    expect(upload!.carried).toBe(sealedSize);
    expect(await waitingSealed(store.db)).toEqual([]);
    const open = await reopened(store);
    expect(await home(open, register)).toBeUndefined();
    expect(standing(open)).toMatchObject({ waiting: 0, handedIn: 1 });
    expect(upload!.carried).toBe(sealedSize);
  });

  it("and records go home from a locked tablet under the present device, where the server does not know the one that wrote them", async () => {
    const register = await Register.make();
    let store = await enrolled(register);
    const op = (await photographed(store, newId(), 7))[0]!;
    await store.write((tx) => tx.queue({ ...tx.waiting()[0]!, device: "device-1" })); // it may have been sent
    store = await renewed(store, register);
    register.unknown.add("device-1");
    expect(await locked(store, register)).toEqual({ ops: 1, photos: 1, refused: 0 });
    expect(register.taken.get(op)!.device).toBe(store.get("device"));
  });

  it("that a forgotten PIN has locked up go home from the new store, and only those of drafts are lost", async () => {
    const register = await Register.make();
    const store = await enrolled(register);
    await photographed(store, newId(), 5, 2000);
    await keep(store, newId(), shot(6));
    const fresh = await renewed(store, register);
    expect(await read(fresh, due(fresh)[0]?.sha256 ?? [...fresh.tables.photos.values()][0]!.sha256)).toBeNull();
    expect(standing(fresh)).toMatchObject({ waiting: 1 });
    expect(await home(fresh, register)).toBeUndefined();
    expect([...register.uploads.values()]).toMatchObject([{ sealed: true, by: "device-1" }]);
    expect(await fresh.db.photos.count()).toBe(1);
  });

  it("come home from a copy by another tablet, also when their records were handed in before", async () => {
    const register = await Register.make();
    const first = await enrolled(register);
    await photographed(first, newId(), 8, 2000);
    await sync(first, server(first));
    const file = await (await copyOf(first.db, [], waitingPhotos(first))).text();
    const second = await enrolled(register, "device-2");
    expect(await takeCopy(second, file)).toEqual({ ops: 0, photos: 1 });
    expect(await takeCopy(second, file)).toEqual({ ops: 0, photos: 0 });
    const again = await reopened(second);
    expect(await home(again, register)).toBeUndefined();
    expect([...register.uploads.values()]).toMatchObject([{ sealed: true, by: "device-1", offset: expect.any(Number) }]);
    expect(standing(again)).toMatchObject({ waiting: 0, handedIn: 1 });
  });

  it("of an older app are read, and sealed when the store is opened", async () => {
    const register = await Register.make();
    const store = await enrolled(register);
    await photographed(store, newId(), 9, 2000);
    const [name] = (await store.db.photos.toCollection().primaryKeys()) as [string];
    const box = await encryptBytes(store.key, `photo:${name}`, shot(9, 2000).bytes);
    await store.db.photos.put({ sha256: name, box, handedIn: false });
    expect(await read(store, name)).toEqual(shot(9, 2000).bytes);
    expect(await unsealed(store.db)).toBe(1);
    await sealAnew(store);
    expect(await unsealed(store.db)).toBe(0);
    expect(await read(store, name)).toEqual(shot(9, 2000).bytes);
    expect(await locked(store, register)).toEqual({ ops: 1, photos: 1, refused: 0 });
  });
});
