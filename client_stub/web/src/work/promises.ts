/** What a worker wants to see first: what the last visit left to be done. */

import type { Family } from "./families";
import type { View } from "./view";

export interface Promised {
  visit: View;
  note: { value: string; by: string | null; at: string } | undefined;
}

/** The latest visit that took place, with its last note. */
export function promiseOf(family: Family): Promised | null {
  const visit = family.visits.find((each) => each.fields["result"] === "held") ?? family.visits[0];
  return visit ? { visit, note: (visit.fields["notes"] ?? []).at(-1) } : null;
}

/** What of the last visit is taken over by «как в прошлый раз». */
export function likeLastTime(family: Family): Record<string, any> {
  const last = promiseOf(family)?.visit.fields ?? {};
  const names = ["needs", "services", "circumstances", "participants", "purpose"];
  return Object.fromEntries(names.filter((name) => last[name] !== undefined).map((name) => [name, last[name]]));
}
