/** The way home ends in words, whatever happens on it. */

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Homecoming } from "../src/app/homecoming";
import { tell } from "../src/app/troubles";
import { newId } from "../src/protocol/ids";
import { write } from "../src/work/edits";
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
