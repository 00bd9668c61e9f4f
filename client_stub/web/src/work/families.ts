/** Families as a worker speaks of them. A family has no name of its own: it is told from its members. */

import { compare } from "../protocol/text";
import type { Fields } from "../protocol/types";
import type { Store } from "../store/store";
import { every, look, type View } from "./view";

export interface Member {
  membership: View;
  person: View;
  past: boolean;
}

export interface Family {
  view: View;
  members: Member[];
  /** Surnames of who is in it now. */
  name: string;
  children: number;
  place: string;
  visits: View[];
}

const made = new WeakMap<Store, { revision: number; all: Map<string, Family> }>();
const CHILDREN = new Set(["child", "ward"]);

/** Every family on this tablet by id, sorted by name; its visits the latest first. */
export function families(store: Store): Map<string, Family> {
  const known = made.get(store);
  if (known?.revision === store.revision) return known.all;
  const members = membersOf(store);
  const visits = visitsOf(store);
  const all = every(store, "family").map((view) => familyOf(store, view, members.get(view.id) ?? [], visits.get(view.id) ?? []));
  all.sort((a, b) => compare(a.name, b.name));
  const byId = new Map(all.map((family) => [family.view.id, family]));
  made.set(store, { revision: store.revision, all: byId });
  return byId;
}

function familyOf(store: Store, view: View, members: Member[], visits: View[]): Family {
  const present = members.filter((member) => !member.past);
  const surnames = [...new Set(present.map((member) => member.person.fields["surname"]).filter(Boolean))];
  return {
    view,
    members,
    name: surnames.join(", ") || view.fields["address"] || view.fields["number"] || "",
    children: present.filter((member) => CHILDREN.has(member.membership.fields["role"])).length,
    place: look(store, view.fields["territory"])?.fields["name"] ?? "",
    visits,
  };
}

function membersOf(store: Store): Map<string, Member[]> {
  const found = new Map<string, Member[]>();
  for (const membership of every(store, "membership")) {
    const person = look(store, membership.fields["person"]);
    if (!person || person.deleted) continue;
    const periods: Fields[] = membership.fields["periods"] ?? [];
    const past = periods.length > 0 && periods.every((period) => period["to"]);
    push(found, membership.fields["family"], { membership, person, past });
  }
  for (const members of found.values()) members.sort(byRole);
  return found;
}

function byRole(a: Member, b: Member): number {
  const rank = (member: Member) => Number(member.past) * 2 + Number(CHILDREN.has(member.membership.fields["role"]));
  return rank(a) - rank(b) || String(a.person.fields["birth_date"]).localeCompare(String(b.person.fields["birth_date"]));
}

function visitsOf(store: Store): Map<string, View[]> {
  const found = new Map<string, View[]>();
  for (const visit of every(store, "visit")) push(found, visit.fields["family"], visit);
  const moment = (visit: View) => Date.parse(visit.fields["started_at"] ?? visit.fields["planned_at"] ?? "") || 0;
  for (const visits of found.values()) visits.sort((a, b) => moment(b) - moment(a) || (a.id < b.id ? 1 : -1)); // ids sort by time
  return found;
}

function push<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

export function personName(fields: Fields): string {
  return [fields["surname"], fields["given"], fields["patronymic"]].filter(Boolean).join(" ");
}

/** The numbers to call, the family's own first. */
export function phonesOf(family: Family): { number: string; whose: string }[] {
  const own = (family.view.fields["phones"] ?? []).map((number: string) => ({ number, whose: "" }));
  const theirs = family.members
    .filter((member) => !member.past)
    .flatMap((member) => (member.person.fields["phones"] ?? []).map((number: string) => ({ number, whose: member.person.fields["given"] ?? "" })));
  return [...own, ...theirs];
}

/** The day by which the family was promised another visit, from its latest one that says so. */
export function dueOf(family: Family): string | null {
  const held = family.visits.find((visit) => visit.fields["next_visit_due"]);
  if (!held) return null;
  const due: string = held.fields["next_visit_due"];
  const since = String(held.fields["started_at"] ?? "").slice(0, 10);
  const met = family.visits.some((visit) => visit.fields["result"] === "held" && String(visit.fields["started_at"]).slice(0, 10) > since);
  return met ? null : due;
}
