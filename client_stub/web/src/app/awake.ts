/** The screen stays on while something is under way: a tablet that sleeps sends nothing. */

/** Keeps it on until the function that it returns is called; a system that lets go of it is asked again. */
export function keepAwake(): () => void {
  let over = false;
  let lock: WakeLockSentinel | null = null;
  const ask = async () => {
    if (over || document.visibilityState !== "visible") return;
    lock = (await navigator.wakeLock?.request("screen").catch(() => null)) ?? null;
    if (over) void lock?.release();
  };
  const look = () => void ask();
  document.addEventListener("visibilitychange", look); // whoever looks at another app for a moment has let go of it
  look();
  return () => {
    over = true;
    document.removeEventListener("visibilitychange", look);
    void lock?.release().catch(() => undefined);
  };
}
