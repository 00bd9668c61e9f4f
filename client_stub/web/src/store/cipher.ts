/** The store's own encryption: AES-256-GCM under a key that is wrapped by a worker's PIN (PBKDF2, SHA-256). */

const ITERATIONS = 600_000; // OWASP's figure for PBKDF2-HMAC-SHA-256

export interface Wrapped {
  salt: Uint8Array<ArrayBuffer>;
  iterations: number;
  iv: Uint8Array<ArrayBuffer>;
  box: Uint8Array<ArrayBuffer>;
}

/** A fresh key for a store; extractable, because every worker's PIN wraps it anew. */
export async function newKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]);
}

export async function wrap(key: CryptoKey, pin: string): Promise<Wrapped> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const outer = await stretched(pin, salt, ITERATIONS);
  const box = new Uint8Array(await crypto.subtle.wrapKey("raw", key, outer, { name: "AES-GCM", iv }));
  return { salt, iterations: ITERATIONS, iv, box };
}

/** The store's key, or null when the PIN is wrong. */
export async function unwrap(wrapped: Wrapped, pin: string): Promise<CryptoKey | null> {
  const outer = await stretched(pin, wrapped.salt, wrapped.iterations);
  const how = { name: "AES-GCM", iv: wrapped.iv };
  try {
    return await crypto.subtle.unwrapKey("raw", wrapped.box, outer, how, "AES-GCM", true, ["encrypt", "decrypt"]);
  } catch {
    return null;
  }
}

async function stretched(pin: string, salt: Uint8Array<ArrayBuffer>, iterations: number): Promise<CryptoKey> {
  const secret = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return crypto.subtle.deriveKey(how, secret, { name: "AES-GCM", length: 256 }, false, ["wrapKey", "unwrapKey"]);
}

/** A text, packed, encrypted for one place (`name`): a box moved to another place does not open. */
export async function encrypt(key: CryptoKey, name: string, text: string): Promise<Uint8Array> {
  return encryptBytes(key, name, await pack(text));
}

/** Throws when the box is damaged, moved, or of another key. */
export async function decrypt(key: CryptoKey, name: string, box: Uint8Array): Promise<string> {
  return unpack(await decryptBytes(key, name, box));
}

/** As `encrypt`, for what is packed already: a photo. */
export async function encryptBytes(key: CryptoKey, name: string, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const how = { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(name) };
  const box = new Uint8Array(await crypto.subtle.encrypt(how, key, bytes));
  const whole = new Uint8Array(12 + box.length);
  whole.set(iv);
  whole.set(box, 12);
  return whole;
}

/** Throws when the box is damaged, moved, or of another key. */
export async function decryptBytes(key: CryptoKey, name: string, box: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const whole = box as Uint8Array<ArrayBuffer>;
  const how = { name: "AES-GCM", iv: whole.subarray(0, 12), additionalData: new TextEncoder().encode(name) };
  return new Uint8Array(await crypto.subtle.decrypt(how, key, whole.subarray(12)));
}

const SMALL = 4096; // characters below which packing costs more than it saves

/** One byte that says how, then the text: 0 as it is, 1 gzip. A full page of records is a tenth of its text. */
async function pack(text: string): Promise<Uint8Array<ArrayBuffer>> {
  const packs = text.length > SMALL;
  const plain = new TextEncoder().encode(text);
  const bytes = packs ? await gzipped(plain) : plain;
  const whole = new Uint8Array(1 + bytes.length);
  whole[0] = Number(packs);
  whole.set(bytes, 1);
  return whole;
}

async function gzipped(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function unpack(whole: Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = whole.subarray(1);
  if (whole[0] === 0) return new TextDecoder().decode(bytes);
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}
