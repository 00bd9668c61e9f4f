/**
 * Search among the families on a tablet: by names, address, case number and phone; ё is е, other forms of a word and
 * slips of the finger are found too. Each distinct word of the families is looked at once a query.
 */

import { stem, words } from "../protocol/text";
import type { Family } from "./families";

const HAS_DIGIT = /\d/;

interface Index {
  families: Family[];
  /** Word → places of the families that have it. */
  places: Map<string, Set<number>>;
  stems: Map<string, string>;
}

/** Everything by which families can be found. */
export function indexOf(families: Iterable<Family>): Index {
  const index: Index = { families: [...families], places: new Map(), stems: new Map() };
  index.families.forEach((family, place) => {
    for (const word of new Set(words(told(family)))) {
      const known = index.places.get(word);
      if (known) known.add(place);
      else {
        index.places.set(word, new Set([place]));
        index.stems.set(word, stem(word));
      }
    }
  });
  return index;
}

function told({ view, members, place }: Family): string {
  const { number = "", address = "", phones = [] } = view.fields;
  const people = members.map(({ person: { fields } }) =>
    [fields["surname"], fields["given"], fields["patronymic"], ...(fields["former_names"] ?? []), ...(fields["phones"] ?? [])].join(" "),
  );
  return [number, address, place, ...phones, ...people].join(" ");
}

/** The families that answer to every word of a text, the best first; all of them to an empty text. */
export function find(index: Index, text: string): Family[] {
  const asked = words(text);
  if (!asked.length) return index.families;
  let scores: Map<number, number> | null = null;
  for (const word of asked) {
    const own = scoresOf(index, word);
    scores = scores ? both(scores, own) : own;
  }
  const found = [...scores!].sort(([a, left], [b, right]) => right - left || a - b);
  return found.map(([place]) => index.families[place]!);
}

function both(first: Map<number, number>, second: Map<number, number>): Map<number, number> {
  const met = new Map<number, number>();
  for (const [place, score] of first) if (second.has(place)) met.set(place, score + second.get(place)!);
  return met;
}

/** Slips are looked for only where no family has the word as it was asked for. */
function scoresOf(index: Index, asked: string): Map<number, number> {
  const right = scored(index, asked, likeness);
  return right.size ? right : scored(index, asked, likenessWithSlips);
}

type Likeness = (asked: string, stemmed: string, word: string, stemOfWord: string) => number;

function scored(index: Index, asked: string, like: Likeness): Map<number, number> {
  const stemmed = stem(asked);
  const scores = new Map<number, number>();
  for (const [word, places] of index.places) {
    const score = like(asked, stemmed, word, index.stems.get(word)!);
    if (score) for (const place of places) scores.set(place, Math.max(score, scores.get(place) ?? 0));
  }
  return scores;
}

/** How well a word answers: 5 the same, 4 begun alike, 3 another form, 2 digits in the middle; 0 not at all. */
function likeness(asked: string, stemmed: string, word: string, stemOfWord: string): number {
  if (word === asked) return 5;
  if (word.startsWith(asked)) return 4;
  if (HAS_DIGIT.test(asked)) return asked.length > 3 && word.includes(asked) ? 2 : 0;
  return stemOfWord === stemmed && stemmed.length > 2 ? 3 : 0;
}

/** The same for a word with slips of the finger: 2 one, 1 two. */
function likenessWithSlips(asked: string, stemmed: string, word: string, stemOfWord: string): number {
  if (HAS_DIGIT.test(asked) || HAS_DIGIT.test(word)) return 0;
  const slips = asked.length < 4 ? 0 : asked.length < 8 ? 1 : 2;
  if (!slips || Math.abs(word.length - asked.length) > 3 + slips) return 0;
  if (word[0] !== asked[0] && word[1] !== asked[1] && word[0] !== asked[1]) return 0; // two slips at the very beginning: another word
  const far = Math.min(distance(stemmed, stemOfWord, slips), distance(asked, word.slice(0, asked.length), slips));
  return far <= slips ? 3 - far : 0;
}

/** Edits between two words, swaps of neighbours counted once (Damerau–Levenshtein, adjacent); above `most`: most + 1. */
export function distance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let [before, row]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, i) => i)];
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) next[j] = Math.min(next[j]!, before[j - 2]! + 1);
    }
    if (Math.min(...next) > most) return most + 1;
    [before, row] = [row, next];
  }
  return row[b.length]!;
}
