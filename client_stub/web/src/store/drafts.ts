/** A worker's forms as they stood at the last keystroke: encrypted, and there again after the app was killed. */

import type { Candidate, Fields } from "../protocol/types";
import { decrypt, encrypt } from "./cipher";
import type { Database } from "./db";

/** `before`: the fields that the form was opened with; `values`: those on the screen. */
export interface Draft {
  key: string;
  type: string;
  id: string;
  at: number;
  /** The address at which the form is opened again. */
  place: string;
  before: Fields;
  values: Fields;
  opened: { rev: number; epoch: string; disputed: Record<string, Candidate[]> } | null;
}

export class Drafts {
  private held = new Map<string, Draft>();
  private saving = new Map<string, Promise<void>>();

  private constructor(
    private readonly db: Database,
    private readonly key: CryptoKey,
    private readonly worker: string,
  ) {}

  static async open(db: Database, key: CryptoKey, worker: string): Promise<Drafts> {
    const drafts = new Drafts(db, key, worker);
    for (const row of await db.drafts.where("key").startsWith(`${worker}:`).toArray()) {
      const text = await decrypt(key, `draft:${row.key}`, row.box).catch(() => null);
      if (text) drafts.held.set(row.key.slice(worker.length + 1), JSON.parse(text));
    }
    return drafts;
  }

  get(key: string): Draft | undefined {
    return this.held.get(key);
  }

  all(): Draft[] {
    return [...this.held.values()].sort((a, b) => b.at - a.at);
  }

  /** Keeps the latest form of a draft; of several keystrokes during one write only the last is written next. */
  save(draft: Draft): void {
    this.held.set(draft.key, draft);
    if (!this.saving.has(draft.key)) this.saving.set(draft.key, this.flush(draft.key));
  }

  /** What could not be written, on a full disk, is tried again with the next keystroke. */
  private async flush(key: string): Promise<void> {
    const own = `${this.worker}:${key}`;
    let written: Draft | undefined;
    try {
      while (written !== this.held.get(key)) {
        written = this.held.get(key);
        if (!written) await this.db.drafts.delete(own);
        else await this.db.drafts.put({ key: own, box: await encrypt(this.key, `draft:${own}`, JSON.stringify(written)) });
      }
    } catch {
      // the form on the screen has it still
    } finally {
      this.saving.delete(key);
    }
  }

  /** Forms that belong together go together. */
  async drop(...keys: string[]): Promise<void> {
    for (const key of keys) this.held.delete(key);
    for (const key of keys) await this.saving.get(key);
    await this.db.drafts.bulkDelete(keys.map((key) => `${this.worker}:${key}`));
  }
}
