/** Joining a team: the code as the office shows it, and a tablet that passes to another team with unsent work. */

import encodeQR from "qr";
import decodeQR from "qr/decode.js";
import { describe, expect, it } from "vitest";
import { newId } from "../src/protocol/ids";
import { Server } from "../src/protocol/transport";
import { write } from "../src/work/edits";
import { codeIn, codeInAddress, enter } from "../src/work/enrolment";
import { due, edits, keep, standing } from "../src/work/photos";
import { isAllHandedIn, sync } from "../src/work/sync";
import { sendPhotos } from "../src/work/uploads";
import { enrolled, Register, SCHEMAS } from "./tablet";

const ADDRESS = "https://vyezd.example/tablet/#ABCDE-FGH23";

/** A picture of a code, as a camera would see it from very near. */
function pictureOf(text: string, scale = 4) {
  const rows = encodeQR(text, "raw", { border: 4 });
  const width = rows.length * scale;
  const data = new Uint8ClampedArray(width * width * 4).fill(255);
  for (let i = 0; i < width * width; i += 1) {
    const dark = rows[Math.floor(i / width / scale)]![Math.floor((i % width) / scale)];
    if (dark) data.fill(0, i * 4, i * 4 + 3);
  }
  return { width, height: width, data };
}

describe("a code", () => {
  it("is read from the office's picture, whichever way it is written", () => {
    expect(codeIn(decodeQR(pictureOf(ADDRESS)))).toBe("ABCDE-FGH23");
    for (const text of ["abcde-fgh23", "/tablet/#/enrol/ABCDE-FGH23", "?code=ABCDE-FGH23"]) expect(codeIn(text)).toBe("ABCDE-FGH23");
  });

  it("is known in the app's own address, where other places are none", () => {
    expect(codeInAddress("#ABCDE-FGH23")).toBe("ABCDE-FGH23");
    expect(codeInAddress("#/enrol/abcdefgh23")).toBe("ABCDEFGH23");
    for (const hash of ["", "#/", "#/families", "#/family/01980000-0000-7000-8000-0000000000fe"]) expect(codeInAddress(hash)).toBe("");
  });
});

it("a tablet that passes to another team brings home what it wrote for the first one", async () => {
  const register = await Register.make();
  const store = await enrolled(register);
  const visit = newId();
  await write(store, [{ type: "visit", id: visit, change: { add: { notes: ["1"] } } }], "w");
  await keep(store, visit, { bytes: new Uint8Array(900), mime: "image/jpeg" });
  await write(store, edits(store, visit, "visit", undefined), "w");
  register.fault = "lost";
  await sync(store, new Server("device-1", "ru"));
  register.fault = "none";
  await write(store, [{ type: "visit", id: visit, change: { add: { notes: ["2"] } } }], "w");
  const said = {
    device: "device-2", token: "device-2", push_token: "p", epoch: register.epoch, server_time: new Date().toISOString(),
    server_keys: { seal: register.seal, sign: register.sign }, lease_until: new Date(Date.now() + 864e5).toISOString(),
    team: { id: "t2", name: "Бригада 2", code: "2", territories: [], workers: [] },
  };
  const answer = { body: said, askedMs: Date.now(), answeredMs: Date.now() };
  await enter(store, { answer, key: "", schemas: SCHEMAS, schemasTag: "" });
  expect(store.outbox.size).toBe(3);
  const server = new Server("device-2", "ru");
  expect(isAllHandedIn(await sync(store, server))).toBe(true);
  expect([...register.taken.values()].map((each) => each.device)).toEqual(["device-1", "device-1", "device-2"]);
  expect(due(store).length).toBe(1);
  const tokens: (string | null)[] = [];
  await sendPhotos(store, server, async (author) => void tokens.push(author.token), () => {});
  expect(tokens).toEqual(["device-1"]);
  expect(standing(store)).toMatchObject({ waiting: 0, handedIn: 1 });
});
