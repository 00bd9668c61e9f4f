/**
 * Coming home, from the press of one button, records first, then photos: goes on by itself after a cut, a kill or an hour without network, until all
 * is handed in or something needs a person. Keeps the screen awake meanwhile.
 */

import { Server } from "../protocol/transport";
import { carry } from "../protocol/tus";
import { Refused, Trouble } from "../protocol/trouble";
import type { Store } from "../store/store";
import { send } from "../work/exchange";
import { due, renew, standing } from "../work/photos";
import { toOffer } from "../work/kept";
import { unanswered } from "../work/pace";
import { emptyReport, sync, type Report } from "../work/sync";
import { sendPhotos } from "../work/uploads";
import { keepAwake } from "./awake";
import { lang } from "./speech";
import { troubleOf } from "./troubles";
import { mayCarry, onWifi } from "./wifi";

export interface Progress {
  sent: number;
  toSend: number;
  received: number;
  /** How many there are to be received, as far as the server has said. */
  toReceive: number;
  offered: number;
  startedAt: number;
  photos: Carried | null;
}

/** Photos under way: files and bytes. It is there as soon as the records are handed in. */
export interface Carried {
  all: number;
  done: number;
  bytes: number;
  sent: number;
  startedAt: number;
}

export type State =
  | { now: "idle" }
  | { now: "running"; progress: Progress }
  | { now: "waiting"; trouble: Trouble; retryAt: number | null; progress: Progress }
  | { now: "done"; report: Report; at: number };

const PAUSES = [2, 4, 8, 15, 30, 60]; // seconds

export class Homecoming {
  state: State = { now: "idle" };
  private listeners = new Set<() => void>();
  private timer = 0;
  private failures = 0;
  private stopper: AbortController | null = null;
  private onAnyLink = false;
  private awake: (() => void) | null = null;
  private readonly unwatch = onWifi(() => this.comeToWifi());

  constructor(
    private readonly store: Store,
    private readonly erased: (ordered: boolean) => Promise<void>,
  ) {
    addEventListener("online", this.hurry);
  }

  watch(tell: () => void): () => void {
    this.listeners.add(tell);
    return () => this.listeners.delete(tell);
  }

  /** Begins, or goes on at once where it waits. `onAnyLink`: photos that wait for a Wi-Fi go now all the same. */
  start = async (onAnyLink = this.onAnyLink): Promise<void> => {
    if (this.state.now === "running") return;
    clearTimeout(this.timer);
    this.onAnyLink = onAnyLink;
    await this.store.db.say("homecoming", true);
    await this.run();
  };

  stop = async (): Promise<void> => {
    clearTimeout(this.timer);
    this.stopper?.abort();
    this.failures = 0;
    this.onAnyLink = false;
    this.sleep();
    await this.store.db.open_.delete("homecoming");
    if (this.state.now === "waiting") this.become({ now: "idle" });
  };

  /** Ends for good: the store is being locked. */
  close(): void {
    clearTimeout(this.timer);
    this.sleep();
    this.stopper?.abort();
    removeEventListener("online", this.hurry);
    this.unwatch();
  }

  private hurry = (): void => {
    if (this.state.now === "waiting") void this.start();
  };

  private comeToWifi(): void {
    if (this.state.now === "done" && due(this.store).length) void this.start();
  }

  private become(state: State): void {
    this.state = state;
    this.listeners.forEach((tell) => tell());
  }

  private async run(): Promise<void> {
    const progress: Progress = { sent: 0, toSend: this.store.outbox.size, received: 0, toReceive: 0, offered: 0, startedAt: Date.now(), photos: null };
    this.become({ now: "running", progress });
    this.stopper = new AbortController();
    this.awake ??= keepAwake();
    try {
      await this.judge(await this.trip(progress), progress);
    } catch (error) {
      const report = { ...emptyReport(), waiting: this.store.outbox.size, trouble: troubleOf(error) };
      this.become({ now: "done", report, at: Date.now() });
    }
    if (this.state.now !== "waiting" || !this.state.retryAt) this.sleep();
  }

  private sleep(): void {
    this.awake?.();
    this.awake = null;
  }

  private async trip(progress: Progress): Promise<Report> {
    const server = new Server(this.store.get("token")!, lang(), this.stopper!.signal);
    await refreshSchemas(this.store, server);
    const report = await sync(
      this.store,
      server,
      (what, number) => {
        if (what === "sent") progress.sent += number;
        if (what === "received") progress.received += number;
        if (what === "left") progress.toReceive = progress.received + number;
        if (what === "offered") progress.offered += number;
        this.failures = 0;
        this.become({ now: "running", progress: { ...progress } });
      },
    );
    if (!report.trouble && !report.erase) report.trouble = await this.bringPhotos(server.speakingFor(this.store.get("token")!), progress, report.revoked);
    return report;
  }

  /** `last`: access was taken away, so that there will be no other time. Returns what stopped it. */
  private async bringPhotos(server: Server, progress: Progress, last: boolean): Promise<Trouble | null> {
    await this.store.write(renew);
    const waiting = due(this.store);
    const bytes = waiting.reduce((sum, { size }) => sum + size, 0);
    const photos: Carried = { all: waiting.length, done: 0, bytes, sent: 0, startedAt: Date.now() };
    progress.photos = photos;
    if (waiting.length && !last && !this.onAnyLink && !mayCarry(this.store)) return null;
    try {
      await sendPhotos(this.store, server, carry, (files, more) => {
        photos.done += files;
        photos.sent += more;
        this.failures = 0;
        this.become({ now: "running", progress: { ...progress } });
      });
      return null;
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      return error;
    }
  }

  private async judge(report: Report, progress: Progress): Promise<void> {
    if (report.erase) return this.erase();
    if (isDrained(report, this.store)) {
      report.trouble = await this.sayDrained();
      if (!report.trouble) return this.erased(false);
    }
    const { trouble } = report;
    if (trouble?.passing && trouble.code !== "stopped") {
      const pause = Math.max(PAUSES[Math.min(this.failures, PAUSES.length - 1)]!, trouble instanceof Refused ? trouble.after : 0);
      this.failures += 1;
      await this.store.write((tx) => unanswered(tx, this.failures));
      const retryAt = trouble.code === "offline" ? null : Date.now() + pause * 1000; // without a network: when it comes
      if (retryAt) this.timer = window.setTimeout(() => void this.start(), pause * 1000);
      this.become({ now: "waiting", trouble, retryAt, progress });
      return;
    }
    this.onAnyLink = false;
    await this.store.db.open_.delete("homecoming");
    await this.store.tidy();
    this.become({ now: "done", report, at: Date.now() });
  }

  /** The tablet's access was taken away and it has handed over all. Null when the server has heard that. */
  private async sayDrained(): Promise<Trouble | null> {
    try {
      const { answer } = await this.farewell();
      return answer.body.drained ? null : new Trouble("no_answer", {}, true);
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      return error; // it is said again
    }
  }

  /** On order, sent or not: the server is told, and nobody waits for its answer. */
  private async erase(): Promise<void> {
    void this.farewell().catch(() => undefined);
    await this.erased(true);
  }

  private farewell() {
    const server = new Server(this.store.get("token")!, lang());
    return send(this.store, server, this.store.get("device")!, [], null, 1, {}, true);
  }
}

/** Whether a tablet whose access was taken away has handed over all that it can, also what came while photos went. */
function isDrained(report: Report, store: Store): boolean {
  return report.revoked && !report.trouble && !store.outbox.size && !toOffer(store) && !standing(store).waiting;
}

/** Takes the record types of today, so that a new type or field has its form here. Does nothing on a bad link. */
async function refreshSchemas(store: Store, server: Server): Promise<void> {
  try {
    const fresh = await server.schemas(store.get("schemasTag"));
    if (fresh) await store.write((tx) => tx.set({ schemas: fresh.schemas, schemasTag: fresh.tag }));
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
  }
}
