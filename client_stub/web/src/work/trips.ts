/** The team's trips as the route sheet shows them. */

import type { Fields } from "../protocol/types";
import type { Store } from "../store/store";
import { localDay, now } from "./clock";
import { dueOf, families, type Family } from "./families";
import { every, type View } from "./view";

/** One stop: a family, or a settlement with the families that live in it. */
export interface Stop {
  value: Fields;
  families: Family[];
}

/** The trip of today, else the next one that is planned. */
export function presentTrip(store: Store): View | undefined {
  const today = localDay(now(store));
  const open = every(store, "trip").filter(({ fields }) => {
    const mine = fields["team"] === store.get("team")!.id;
    return mine && !["cancelled", "finished"].includes(fields["status"]) && fields["date_to"] >= today;
  });
  open.sort((a, b) => String(a.fields["date_from"]).localeCompare(String(b.fields["date_from"])));
  return open[0];
}

export function isToday(store: Store, trip: View): boolean {
  return trip.fields["date_from"] <= localDay(now(store));
}

/** The stops of a trip in their order (a fractional key: text order). */
export function stopsOf(store: Store, trip: View): Stop[] {
  const known = families(store);
  const stops: Fields[] = [...(trip.fields["stops"] ?? [])];
  stops.sort((a, b) => (String(a["order"]) < String(b["order"]) ? -1 : 1));
  return stops.map((value) => {
    if (value["family"]) return { value, families: [known.get(value["family"])].filter((each) => each !== undefined) };
    const here = [...known.values()].filter((family) => family.view.fields["territory"] === value["territory"]);
    return { value, families: here };
  });
}

/** What was written down today at a family: its latest visit of the day. */
export function visitToday(store: Store, family: Family): View | undefined {
  const today = localDay(now(store));
  return family.visits.find((visit) => String(visit.fields["started_at"] ?? "").slice(0, 10) === today);
}

/** Families that were promised a visit by a day, the earliest first. */
export function promisedBy(store: Store, day: string): { family: Family; due: string }[] {
  const found = [...families(store).values()].flatMap((family) => {
    const due = dueOf(family);
    return due && due <= day ? [{ family, due }] : [];
  });
  return found.sort((a, b) => a.due.localeCompare(b.due));
}
