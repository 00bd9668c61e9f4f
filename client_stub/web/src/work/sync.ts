/**
 * One round trip: push the outbox, take the answers, pull the scope. Each answer lands in one transaction: results,
 * receipt, changes and cursor together, or nothing of it. Nothing is ever taken out of the outbox but by a result that
 * names it, in an answer with a good receipt.
 */

import type { Page, Server } from "../protocol/transport";
import { Refused, Trouble } from "../protocol/trouble";
import type { Notice } from "../protocol/types";
import type { Store } from "../store/store";
import type { Former } from "../store/tables";
import { digests, isRewound } from "./agreement";
import { learn } from "./clock";
import { send, settle, type Exchange, type News, type Result } from "./exchange";
import { isReady, take } from "./handover";
import { adopt, awaitsWord, formers, learnOfTwin } from "./identities";
import { forget, toOffer } from "./kept";
import * as pace from "./pace";
import { keepToScope, startAfresh, takePage } from "./scope";

export const MAX_OPS = 1000;
const MAX_BODY = 4 * 1024 * 1024;
const ENVELOPE = 16_384; // bytes of a request that are neither ops nor digests
const FRESH_STARTS = 3; // a server that sends a tablet back to the start more often in one sync is broken

/** Told of progress after each answer, what and how many more; `left`: how many changes are still to come. */
export type Tell = (what: "sent" | "received" | "left" | "due" | "offered", number: number) => void;

/** What one sync did. `trouble` is why it ended early; what it did until then is done and stays done. */
export interface Report {
  results: Result[];
  offered: number;
  received: number;
  gone: number;
  settled: News["settled"];
  notices: Notice[];
  freshStarts: number;
  waiting: number;
  toOffer: number;
  rewound: boolean;
  revoked: boolean;
  /** The server has said: at once, sent or not. */
  erase: boolean;
  outdated: boolean;
  reenrol: boolean;
  trouble: Trouble | null;
}

export function emptyReport(): Report {
  return {
    results: [], offered: 0, received: 0, gone: 0, settled: [], notices: [], freshStarts: 0, waiting: 0, toOffer: 0,
    rewound: false, revoked: false, erase: false, outdated: false, reenrol: false, trouble: null,
  };
}

/** Whether everything that was written is on the server, and the server has not just corrected the tablet. */
export function isAllHandedIn(report: Report): boolean {
  return !(report.trouble || report.waiting || report.toOffer || report.rewound);
}

/** Bring the tablet home: hand in what is due, then pull to the head of the scope. */
export async function sync(store: Store, server: Server, tell: Tell = () => {}): Promise<Report> {
  const report = emptyReport();
  try {
    await new RoundTrip(store, server, tell, report).run();
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    report.trouble = error;
  }
  report.waiting = store.outbox.size;
  report.toOffer = toOffer(store);
  report.rewound = store.get("rewound") ?? false;
  report.reenrol = store.get("reenrol") ?? false;
  return report;
}

class RoundTrip {
  private ops = MAX_OPS;
  private met = new Set<string>(); // the devices that the server has answered
  private confirmed = false;

  constructor(
    private readonly store: Store,
    private server: Server,
    private readonly tell: Tell,
    private readonly report: Report,
  ) {}

  private get device(): string {
    return this.store.get("device")!;
  }

  /** Hand in and pull, in turn, until nothing is left to do. */
  async run(): Promise<void> {
    await this.finishFormers(true);
    let more = await this.exchange();
    while (!this.report.erase) {
      while (!this.report.erase && (await this.isReady(this.device))) more = await this.exchange();
      more = (await this.finishFormers()) || more;
      if (!(await this.isReady(this.device)) && (!more || (await this.pull())) && !this.asksAgain()) return;
      more = await this.exchange();
    }
  }

  /** At the head of the scope the digests are compared once more: only then may it be said that both sides agree. */
  private asksAgain(): boolean {
    const asks = !this.confirmed && this.met.has(this.device) && !this.report.revoked && !this.report.outdated;
    this.confirmed = true;
    this.met.delete(this.device);
    return asks;
  }

  private async isReady(device: string): Promise<boolean> {
    return isReady(this.store, device);
  }

  /** Hand in a batch and take the answer; true when the scope has more than the page that came with it. */
  private async exchange(): Promise<boolean> {
    const done = await this.send(this.server, this.device);
    await this.take(done);
    return (done.answer.body.more || done.answer.body.closed) ?? false; // closed: it says why when it is asked
  }

  /** Hand in what belongs to earlier devices. True when the register may have changed by it. */
  private async finishFormers(ask = false): Promise<boolean> {
    const before = this.report.results.length + this.report.offered;
    const all = await this.store.write((tx) => formers(tx));
    for (const former of all) {
      try {
        await this.finish(former, ask && (await this.store.write((tx) => awaitsWord(tx, former.device))));
      } catch (error) {
        if (!(error instanceof Refused) || error.problem !== "unauthorized") throw error;
        await this.store.write((tx) => adopt(tx, former));
      }
    }
    return this.report.results.length + this.report.offered > before;
  }

  private async finish(former: Former, ask: boolean): Promise<void> {
    const server = this.server.speakingFor(former.token);
    while (ask || (await this.isReady(former.device))) {
      ask = false;
      const done = await this.send(server, former.device);
      this.count(done, await this.store.write((tx) => settle(tx, done)));
    }
  }

  /** Send the next batch under a device, smaller or from another cursor where the server wants it so. */
  private async send(server: Server, device: string): Promise<Exchange> {
    const mine = device === this.device;
    for (;;) {
      const compared = mine && !this.met.has(device) ? await this.store.write((tx) => digests(tx)) : {};
      const room = Math.min(pace.room(this.store), MAX_BODY - ENVELOPE - JSON.stringify(compared).length);
      const batch = await take(this.store, device, this.ops, room, this.met.size > 0);
      const cursor = mine ? (this.store.get("cursor") ?? null) : null;
      try {
        const done = await send(this.store, server, device, batch, cursor, mine ? pace.page(this.store) : 1, compared);
        await this.store.write((tx) => pace.answered(tx, batch.reduce((sum, each) => sum + each.wire.length, 0)));
        this.met.add(device);
        return done;
      } catch (error) {
        await this.yieldTo(error, batch.length);
      }
    }
  }

  /** Read the rest of the scope page by page; false when the server no longer knows the cursor. */
  private async pull(): Promise<boolean> {
    let more = true;
    while (more) {
      let cursor = this.store.get("cursor") ?? null;
      try {
        for await (const page of this.server.changes(cursor!)) {
          const from = cursor;
          await this.store.write((tx) => takePage(tx, page, from));
          this.countChanges(page);
          cursor = page.cursor;
          more = page.more;
        }
      } catch (error) {
        await this.yieldTo(error);
        return false;
      }
    }
    return true;
  }

  /** Go on in another way where a refusal allows it: with a smaller batch, or a pull from the start. */
  private async yieldTo(error: unknown, size = 0): Promise<void> {
    if (!(error instanceof Refused)) throw error;
    if (error.status === 413 && size > 1) this.ops = Math.floor(size / 2);
    else if (error.status === 413 && size) throw new Trouble("batch_too_large");
    else if (["gone", "bad-cursor"].includes(error.problem)) {
      this.countFreshStart();
      await this.store.write((tx) => startAfresh(tx));
    } else throw error;
  }

  private countFreshStart(): void {
    this.report.freshStarts += 1;
    if (this.report.freshStarts > FRESH_STARTS) throw new Trouble("restless");
  }

  /** Store an answer whole, in one transaction, and only then report it. */
  private async take(done: Exchange): Promise<void> {
    const said = done.answer.body;
    const page: Page | null = said.cursor ? { changes: said.changes, cursor: said.cursor, more: said.more ?? false } : null;
    if (said.reset) this.countFreshStart();
    const news = await this.store.write((tx) => {
      const settled = settle(tx, done);
      tx.set({ leaseUntil: said.lease_until, revoked: said.revoked ?? false, outdated: said.outdated ?? false });
      learn(tx, said.server_time, done.answer.askedMs, done.answer.answeredMs);
      if (said.reset) startAfresh(tx);
      if (page) {
        if (done.compared) tx.set({ rewound: isRewound(tx, page.changes) });
        takePage(tx, page, said.reset ? null : done.cursor);
        keepToScope(tx, said.scope);
      }
      if (said.reenrol) learnOfTwin(tx);
      if (said.token) tx.set({ token: said.token });
      forget(tx);
      return settled;
    });
    if (said.token) this.server = this.server.speakingFor(said.token); // it is on the disk
    this.count(done, news);
    if (page) this.countChanges(page);
    if (said.left !== undefined) this.tell("left", said.left);
    this.report.revoked ||= said.revoked ?? false;
    this.report.erase ||= said.erase ?? false;
    this.report.outdated ||= said.outdated ?? false;
  }

  private count(done: Exchange, news: News): void {
    const fresh = done.results.filter((result) => !result.kept);
    this.report.results.push(...fresh);
    this.report.offered += done.results.length - fresh.length;
    this.report.settled.push(...news.settled);
    this.report.notices.push(...news.notices);
    this.tell("due", news.due);
    this.tell("sent", fresh.length);
    this.tell("offered", done.results.length - fresh.length);
  }

  private countChanges(page: Page): void {
    const gone = page.changes.filter((change) => change.gone).length;
    this.report.gone += gone;
    this.report.received += page.changes.length - gone;
    this.tell("received", page.changes.length);
  }
}
