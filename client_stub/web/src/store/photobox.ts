/**
 * A photo as it lies on the disk: one age file for two readers, the server and the open store, so that it comes home
 * also from a tablet whose PIN is forgotten (docs/decisions/0017).
 */

import { Decrypter, Encrypter, Stanza } from "age-encryption";
import { decryptBytes, encryptBytes } from "./cipher";
import type { PhotoRow } from "./db";

const STANZA = "vyezd-store";

/** `seal`: the server's key to seal to. */
export async function sealPhoto(key: CryptoKey, sha256: string, bytes: Uint8Array, seal: string): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(seal);
  encrypter.addRecipient({
    wrapFileKey: async (fileKey) => [new Stanza([STANZA], await encryptBytes(key, place(sha256), new Uint8Array(fileKey)))],
  });
  return encrypter.encrypt(bytes);
}

/** Throws when the box is damaged, another photo's, or of another store's key. */
export async function openPhoto(key: CryptoKey, { sha256, box, seal }: PhotoRow): Promise<Uint8Array<ArrayBuffer>> {
  if (seal === undefined) return decryptBytes(key, place(sha256), box);
  const decrypter = new Decrypter();
  decrypter.addIdentity({
    unwrapFileKey: async (stanzas) => {
      const own = stanzas.find(({ args }) => args[0] === STANZA);
      return own ? decryptBytes(key, place(sha256), own.body) : null;
    },
  });
  return new Uint8Array(await decrypter.decrypt(box));
}

function place(sha256: string): string {
  return `photo:${sha256}`;
}
