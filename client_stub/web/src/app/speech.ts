/** Every sentence is written where it is said, Russian first, English second. */

import type { Label } from "../protocol/types";

export type Lang = "ru" | "en";
let chosen: Lang = "ru";

export function lang(): Lang {
  return chosen;
}

export function speak(next: Lang): void {
  chosen = next;
  document.documentElement.lang = next;
}

/** The sentence in the language of this tablet. */
export function t(ru: string, en: string): string {
  return chosen === "ru" ? ru : en;
}

export function label(pair: Label | undefined, otherwise = ""): string {
  return pair?.[chosen] ?? pair?.ru ?? otherwise;
}

const NOUNS = {
  edit: ["правка", "правки", "правок", "edit", "edits"],
  record: ["запись", "записи", "записей", "record", "records"],
  family: ["семья", "семьи", "семей", "family", "families"],
  visit: ["посещение", "посещения", "посещений", "visit", "visits"],
  person: ["человек", "человека", "человек", "person", "people"],
  photo: ["снимок", "снимка", "снимков", "photo", "photos"],
  day: ["день", "дня", "дней", "day", "days"],
  hour: ["час", "часа", "часов", "hour", "hours"],
  minute: ["минута", "минуты", "минут", "minute", "minutes"],
} as const;

/** A number with its noun in the right form: 1 запись, 2 записи, 5 записей. */
export function count(number: number, noun: keyof typeof NOUNS): string {
  const [one, few, many, single, plural] = NOUNS[noun];
  if (chosen === "en") return `${number} ${number === 1 ? single : plural}`;
  const [tens, units] = [number % 100, number % 10];
  if (units === 1 && tens !== 11) return `${number} ${one}`;
  return `${number} ${units >= 2 && units <= 4 && !(tens >= 12 && tens <= 14) ? few : many}`;
}

/** «2 правки и 1 снимок», without what there is none of. */
export function both({ ops, photos }: { ops: number; photos: number }): string {
  if (!photos) return count(ops, "edit");
  return ops ? `${count(ops, "edit")} ${t("и", "and")} ${count(photos, "photo")}` : count(photos, "photo");
}

/** A day or a moment (ISO 8601, partial dates too) as people write it here. */
export function when(iso: string): string {
  if (!iso.includes("T")) return iso.split("-").reverse().join(".");
  const moment = new Date(iso);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${two(moment.getDate())}.${two(moment.getMonth() + 1)}.${moment.getFullYear()}`;
  return `${day} ${two(moment.getHours())}:${two(moment.getMinutes())}`;
}

export function phone(e164: string): string {
  const parts = /^\+7(\d{3})(\d{3})(\d{2})(\d{2})$/.exec(e164);
  return parts ? `+7 ${parts[1]} ${parts[2]}-${parts[3]}-${parts[4]}` : e164;
}
