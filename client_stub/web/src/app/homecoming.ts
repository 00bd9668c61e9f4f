/**
 * Coming home, from the press of one button: goes on by itself after a cut, a kill or an hour without network, until all
 * is handed in or something needs a person. Keeps the screen awake meanwhile.
 */

import { Server } from "../protocol/transport";
import { Refused, Trouble } from "../protocol/trouble";
import type { Store } from "../store/store";
import { send } from "../work/exchange";
import { unanswered } from "../work/pace";
import { sync, type Report } from "../work/sync";
import { lang } from "./speech";

export interface Progress {
  sent: number;
  toSend: number;
  received: number;
  offered: number;
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

  constructor(
    private readonly store: Store,
    private readonly erased: () => Promise<void>,
  ) {
    addEventListener("online", this.hurry);
  }

  watch(tell: () => void): () => void {
    this.listeners.add(tell);
    return () => this.listeners.delete(tell);
  }

  /** Begins, or goes on at once where it waits. */
  start = async (): Promise<void> => {
    if (this.state.now === "running") return;
    clearTimeout(this.timer);
    await this.store.db.say("homecoming", true);
    await this.run();
  };

  stop = async (): Promise<void> => {
    clearTimeout(this.timer);
    this.stopper?.abort();
    this.failures = 0;
    await this.store.db.open_.delete("homecoming");
    if (this.state.now === "waiting") this.become({ now: "idle" });
  };

  /** Ends for good: the store is being locked. */
  close(): void {
    clearTimeout(this.timer);
    this.stopper?.abort();
    removeEventListener("online", this.hurry);
  }

  private hurry = (): void => {
    if (this.state.now === "waiting") void this.start();
  };

  private become(state: State): void {
    this.state = state;
    this.listeners.forEach((tell) => tell());
  }

  private async run(): Promise<void> {
    const progress: Progress = { sent: 0, toSend: this.store.outbox.size, received: 0, offered: 0, startedAt: Date.now() };
    this.become({ now: "running", progress });
    this.stopper = new AbortController();
    const awake = await navigator.wakeLock?.request("screen").catch(() => null);
    const report = await this.trip(progress);
    await awake?.release().catch(() => undefined);
    await this.judge(report, progress);
  }

  private async trip(progress: Progress): Promise<Report> {
    const server = new Server(this.store.get("token")!, lang(), this.stopper!.signal);
    await refreshSchemas(this.store, server);
    return sync(
      this.store,
      server,
      (what, number) => {
        if (what === "sent") progress.sent += number;
        if (what === "received") progress.received += number;
        if (what === "offered") progress.offered += number;
        this.failures = 0;
        this.become({ now: "running", progress: { ...progress } });
      },
    );
  }

  private async judge(report: Report, progress: Progress): Promise<void> {
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
    if (report.revoked && !report.waiting && !report.toOffer && !trouble) return this.sayDrained();
    await this.store.db.open_.delete("homecoming");
    await this.store.tidy();
    this.become({ now: "done", report, at: Date.now() });
  }

  /** The tablet's access was taken away and it has handed over all: it says so and forgets everything. */
  private async sayDrained(): Promise<void> {
    const server = new Server(this.store.get("token")!, lang());
    try {
      await send(this.store, server, this.store.get("device")!, [], null, 1, {}, true);
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
    }
    await this.erased();
  }
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
