/** The way home ends in words, whatever happens on it. */

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Homecoming } from "../src/app/homecoming";
import { tell } from "../src/app/troubles";
import { newId } from "../src/protocol/ids";
import { write } from "../src/work/edits";
import { edits, keep, standing } from "../src/work/photos";
import { isAllHandedIn } from "../src/work/sync";
import { enrolled, Register } from "./tablet";

beforeEach(() => {
  for (const name of ["addEventListener", "removeEventListener"]) vi.stubGlobal(name, () => {});
  vi.stubGlobal("document", { visibilityState: "hidden", addEventListener: () => {}, removeEventListener: () => {} });
  vi.stubGlobal("window", globalThis);
});

afterEach(() => vi.restoreAllMocks());

it("a full disk in the middle of a pull is told, and the button is there to be pressed again", async () => {
  const register = await Register.make();
  const store = await enrolled(register);
  await write(store, [{ type: "visit", id: newId(), change: { add: { notes: ["Печь дымит"] } } }], "w");
  const homecoming = new Homecoming(store, async () => {});
  vi.spyOn(store.db.pages, "add").mockRejectedValue(new DOMException("full", "QuotaExceededError"));
  await homecoming.start();
  const { state } = homecoming;
  expect(state.now).toBe("done");
  if (state.now !== "done") return;
  expect(isAllHandedIn(state.report)).toBe(false);
  expect([state.report.waiting, tell(state.report.trouble)]).toEqual([1, expect.stringContaining("кончилось место")]);
  vi.restoreAllMocks();
  await homecoming.start();
  expect([homecoming.state.now, store.outbox.size]).toEqual(["done", 0]);
});

it("a revoked tablet is not erased over what was written while its photos went", async () => {
  const register = await Register.make();
  const store = await enrolled(register);
  const visit = newId();
  const say = (note: string) => write(store, [{ type: "visit", id: visit, change: { add: { notes: [note] } } }], "w");
  await keep(store, visit, { bytes: new Uint8Array(100), mime: "image/jpeg" });
  await write(store, edits(store, visit, "visit", undefined), "w");
  const [photo] = store.tables.photos.values();
  register.uploads.set(photo!.sha256, { size: 100, sealed: false, offset: 100, carried: 100, by: "" });
  register.revoked = true;
  const answer = fetch;
  const late = async (url: string, options: any) => {
    if (url.endsWith("/uploads")) await say("ещё одно");
    return answer(url, options);
  };
  vi.stubGlobal("fetch", late);
  const erased = vi.fn(async () => {});
  const homecoming = new Homecoming(store, erased);
  await homecoming.start();
  expect([store.outbox.size, standing(store).waiting, erased.mock.calls.length]).toEqual([1, 0, 0]);
  await homecoming.start();
  expect([store.outbox.size, erased.mock.calls.length]).toEqual([0, 1]);
});
