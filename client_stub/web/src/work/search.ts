/**
 * Search among the families on a tablet: by names, address, case number and phone; ё is е, other forms of a word and
 * slips of the finger are found too. Each distinct word of the families is looked at once a query.
 */

import { stem, words } from "../protocol/text";
import type { Family } from "./families";

const HAS_DIGIT = /\d/;

interface Word {
  text: string;
  stem: string;
  /** Which letters it has, a bit for each of the alphabet: words with slips share most of them. */
  letters: number;
  hasDigit: boolean;
  /** Places of the families that have it. */
  places: number[];
}

interface Index {
  families: Family[];
  words: Word[];
  /** What words that were asked for have found: of a text that is typed on, only the last word is new. */
  asked: Map<string, Map<number, number>>;
}

/** Everything by which families can be found. */
export function indexOf(families: Iterable<Family>): Index {
  const all = [...families];
  const known = new Map<string, Word>();
  all.forEach((family, place) => {
    for (const text of new Set(words(told(family)))) {
      const word = known.get(text);
      if (word) word.places.push(place);
      else known.set(text, { text, stem: stem(text), letters: lettersOf(text), hasDigit: HAS_DIGIT.test(text), places: [place] });
    }
  });
  return { families: all, words: [...known.values()], asked: new Map() };
}

function lettersOf(text: string): number {
  let letters = 0;
  for (let i = 0; i < text.length; i++) letters |= 1 << (text.charCodeAt(i) & 31); // the 32 letters from а to я fill it
  return letters;
}

function bits(number: number): number {
  let count = 0;
  for (let left = number; left; left &= left - 1) count += 1;
  return count;
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
  const known = index.asked.get(asked);
  if (known) return known;
  const right = scored(index, exactly(asked));
  const found = right.size ? right : scored(index, withSlips(asked));
  index.asked.set(asked, found);
  return found;
}

function scored(index: Index, like: (word: Word) => number): Map<number, number> {
  const scores = new Map<number, number>();
  for (const word of index.words) {
    const score = like(word);
    if (score) for (const place of word.places) scores.set(place, Math.max(score, scores.get(place) ?? 0));
  }
  return scores;
}

/** How well a word answers: 5 the same, 4 begun alike, 3 another form, 2 digits in the middle; 0 not at all. */
function exactly(asked: string): (word: Word) => number {
  const stemmed = stem(asked);
  const hasDigit = HAS_DIGIT.test(asked);
  return (word) => {
    if (word.text === asked) return 5;
    if (word.text.startsWith(asked)) return 4;
    if (hasDigit) return asked.length > 3 && word.text.includes(asked) ? 2 : 0;
    return word.stem === stemmed && stemmed.length > 2 ? 3 : 0;
  };
}

/** The same for a word with slips of the finger: 2 one, 1 two. A slip takes one letter away at most. */
function withSlips(asked: string): (word: Word) => number {
  const slips = asked.length < 4 || HAS_DIGIT.test(asked) ? 0 : asked.length < 8 ? 1 : 2;
  if (!slips) return () => 0;
  const stemmed = stem(asked);
  const letters = lettersOf(stemmed);
  return ({ text, stem: other, letters: theirs, hasDigit }) => {
    if (hasDigit || Math.abs(text.length - asked.length) > 3 + slips || bits(letters & ~theirs) > slips) return 0;
    if (text[0] !== asked[0] && text[1] !== asked[1] && text[0] !== asked[1]) return 0; // two slips at the very beginning: another word
    const far = Math.min(distance(stemmed, other, slips), distance(asked, text.slice(0, asked.length), slips));
    return far <= slips ? 3 - far : 0;
  };
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
