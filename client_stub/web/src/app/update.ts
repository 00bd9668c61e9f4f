/** A new version of the app waits until it is wanted, or until every screen of the old one is closed. */

import { registerSW } from "virtual:pwa-register";

let waiting = false;
let take: (reload?: boolean) => Promise<void> = async () => {};

export function watchForUpdates(): void {
  take = registerSW({ immediate: true, onNeedRefresh: () => (waiting = true) });
}

/** Whether a new version has come and waits. */
export function isUpdateWaiting(): boolean {
  return waiting;
}

/** Starts it: what was written lies in the store, forms among the drafts, so that nothing is lost by it. */
export function update(): void {
  void take(true);
}
