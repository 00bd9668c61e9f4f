/** What every screen can reach: the open session, the way home, the place in the app. */

import { createContext } from "preact";
import { useContext, useEffect, useReducer, useState } from "preact/hooks";
import type { Homecoming } from "./homecoming";
import type { Session } from "./session";
import type { Lang } from "./speech";

export interface App {
  session: Session;
  homecoming: Homecoming;
  lock: () => void;
  setLang: (lang: Lang) => void;
}

export const AppContext = createContext<App | null>(null);

export function useApp(): App {
  return useContext(AppContext)!;
}

/** The open store; the component is drawn anew after each write. */
export function useStore() {
  const { session } = useApp();
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  useEffect(() => session.store.watch(() => redraw(0)), [session]);
  return session.store;
}

export function useHomecoming() {
  const { homecoming } = useApp();
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  useEffect(() => homecoming.watch(() => redraw(0)), [homecoming]);
  return homecoming;
}

/** The parts of the address behind `#/`. */
export function useRoute(): string[] {
  const read = () => location.hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  const [route, setRoute] = useState(read);
  useEffect(() => {
    const follow = () => {
      setRoute(read());
      scrollTo(0, 0);
    };
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return route;
}

export function go(...parts: string[]): void {
  location.hash = `#/${parts.map(encodeURIComponent).join("/")}`;
}

/** Goes to a place without leaving the present one in the history: a form that was saved. */
export function replace(...parts: string[]): void {
  location.replace(`#/${parts.map(encodeURIComponent).join("/")}`);
}

export function goBack(): void {
  if (history.length > 1) history.back();
  else go("");
}
