/** Text as people compare, sort and search it in Russian: what schemas/text.py makes, made here alike. */

import { stemmer } from "@orama/stemmers/russian";

const WORD = /[\p{L}\p{N}_]+/gu;

/** The text as it is compared: NFC, no case, е for ё, single spaces. */
export function fold(text: string): string {
  return text.normalize("NFC").toLowerCase().normalize("NFC").replaceAll("ё", "е").split(/\s+/u).filter(Boolean).join(" ");
}

/** The words of a text, folded. */
export function words(text: string): string[] {
  return fold(text).match(WORD) ?? [];
}

/** The stem of a folded word (Snowball, Russian). */
export function stem(word: string): string {
  return stemmer(word);
}

const order = new Intl.Collator("ru", { sensitivity: "variant", numeric: true });

/** Compares as a Russian reader sorts: ё beside е, numbers by their size. */
export function compare(a: string, b: string): number {
  return order.compare(a, b);
}
