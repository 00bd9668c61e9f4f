/** Sealing: what a tablet writes so that only the server can read it, not even the tablet itself (age, X25519). */

import { Encrypter } from "age-encryption";
import { toBase64 } from "./base64";

/** An op's JSON, sealed to the server's public key (an age recipient, `server_keys.seal` of the enrolment). */
export async function seal(body: string, key: string): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(key);
  return encrypter.encrypt(body);
}

/** What goes on the wire in the place of a sealed op; `was` are the revs that epochs gave it. */
export function offer(sealed: Uint8Array, was: Record<string, number>): string {
  return JSON.stringify({ sealed: toBase64(sealed), was });
}
