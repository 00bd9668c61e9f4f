/** Phrases for notes: what is written most in this work, and what this tablet's workers wrote last. */

import { t } from "../app/speech";
import type { Store } from "../store/store";

const REMEMBERED = 6;
const LONGEST = 80; // characters: longer notes are about one family and fit no other

/** The phrases to offer, the workers' own first. */
export function phrasesFor(store: Store): string[] {
  const ready = [
    t("Дети здоровы, посещают школу.", "The children are well and go to school."),
    t("Условия удовлетворительные.", "The conditions are satisfactory."),
    t("Нужна помощь с документами.", "Help with papers is needed."),
    t("Проведена беседа с родителями.", "Talked with the parents."),
  ];
  return [...new Set([...(store.get("phrases") ?? []), ...ready])].slice(0, 8);
}

export async function rememberPhrase(store: Store, note: string | undefined): Promise<void> {
  const phrase = note?.trim();
  if (!phrase || phrase.length > LONGEST || phrasesFor(store).includes(phrase)) return;
  await store.write((tx) => tx.set({ phrases: [phrase, ...(tx.get("phrases") ?? [])].slice(0, REMEMBERED) }));
}
