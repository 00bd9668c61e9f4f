/** How a tablet joins a team: a one-time code from the office is traded for a device of its own. */

import { ed25519 } from "@noble/curves/ed25519.js";
import { toBase64Url } from "../protocol/base64";
import { Server, type Answer } from "../protocol/transport";
import type { Enrolled, Schemas } from "../protocol/types";
import type { Database } from "../store/db";
import type { Store } from "../store/store";
import { learn } from "./clock";
import { change } from "./identities";
import { startAfresh } from "./scope";
import { notePusher } from "./sealedcopy";
import { sealAnew, takeUp } from "./sealedphotos";

export const PLATFORM = "web";

/** An enrolment that was answered, with the key that was made for it; `schemas`: what can be written down. */
export interface Joining {
  answer: Answer<Enrolled>;
  key: string;
  schemas: Schemas;
  schemasTag: string;
}

/** A code however it was scanned: bare, or behind the last `#`, `/` or `=` of an address. */
export function codeIn(text: string): string {
  return (text.trim().split(/[#/=]/).pop() ?? "").trim().toUpperCase();
}

/** The code in the app's own address, behind its `#`, as the office's QR has it; "" for every other place in the app. */
export function codeInAddress(hash: string): string {
  const code = /^#(?:\/enrol\/)?([2-9A-Z]{5}-?[2-9A-Z]{5})$/i.exec(hash);
  return code ? codeIn(code[1]!) : "";
}

/**
 * Asks the server. The key is kept in the clear until the store is made, so that a lost answer can be asked for again
 * with the same code. Throws Trouble.
 */
export async function join(db: Database, code: string, name: string, lang: string): Promise<Joining> {
  const key = await keyFor(db, code);
  const publicKey = toBase64Url(ed25519.getPublicKey(hexBytes(key)));
  const server = new Server(null, lang);
  const answer = await server.enroll({ code, name, platform: PLATFORM, public_key: publicKey });
  const told = await new Server(answer.body.token, lang).schemas(undefined);
  return { answer, key, schemas: told!.schemas, schemasTag: told!.tag };
}

async function keyFor(db: Database, code: string): Promise<string> {
  const known = await db.said<{ code: string; key: string }>("enrolling");
  if (known?.code === code) return known.key;
  const key = Array.from(crypto.getRandomValues(new Uint8Array(32)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  await db.say("enrolling", { code, key });
  return key;
}

function hexBytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g)!, (pair) => parseInt(pair, 16));
}

/** Makes an open store a member of the team; what waits in its outbox stays, and the scope is pulled afresh. */
export async function enter(store: Store, joining: Joining): Promise<void> {
  const said = joining.answer.body;
  await store.write(async (tx) => {
    await change(tx, said.device, said.server_keys.seal);
    tx.set({
      device: said.device, token: said.token, key: joining.key, epoch: said.epoch, serverKeys: said.server_keys,
      team: said.team, leaseUntil: said.lease_until, schemas: joining.schemas, schemasTag: joining.schemasTag,
    });
    startAfresh(tx);
    learn(tx, said.server_time, joining.answer.askedMs, joining.answer.answeredMs);
  });
  const { device, push_token: token, server_keys: keys } = said;
  await notePusher(store.db, { device, token, seal: keys.seal }, true);
  await store.db.open_.delete("enrolling");
  await takeUp(store);
  await sealAnew(store);
}
