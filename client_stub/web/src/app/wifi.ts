/** Whether photos may go now: a worker may have them wait for a Wi-Fi, where they cost nothing. */

import type { Store } from "../store/store";

interface Connection extends EventTarget {
  type?: string;
}

const connection = (): Connection | undefined => (navigator as any).connection;

export function isOnWifi(): boolean {
  return ["wifi", "ethernet"].includes(connection()?.type ?? "");
}

export function mayCarry(store: Store): boolean {
  return !store.get("wifiOnly") || isOnWifi();
}

/** Calls `tell` when the tablet comes to a Wi-Fi. Returns how to end it. */
export function onWifi(tell: () => void): () => void {
  const look = () => isOnWifi() && tell();
  connection()?.addEventListener("change", look);
  return () => connection()?.removeEventListener("change", look);
}
