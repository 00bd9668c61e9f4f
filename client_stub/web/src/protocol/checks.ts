/**
 * What the tablet can say at once about a value, with the codes of schemas/messages.py. It only warns: nobody is stopped
 * by a form with a family before her. tests/golden/checks.json binds it to schemas/checks.py.
 */

import type { FieldInfo } from "./types";

/** The code of what is wrong with a value of a field, or null. `today`: for dates that must not lie in the future. */
export function check(field: FieldInfo, value: unknown, today: string): string | null {
  if (value === null || value === undefined || value === "") return null;
  if (field.type === "list") return firstOf((value as unknown[]).map((each) => check(field.items!, each, today)));
  if (field.check && CHECKS[field.check]) return CHECKS[field.check]!(String(value));
  if (field.type === "date" || field.type === "partial_date") return dateCode(field, String(value), today);
  if (field.type === "integer" || field.type === "number") return numberCode(field, value);
  if (field.max_length && String(value).length > field.max_length) return `too_long|${field.max_length}`;
  if (field.type === "string" && field.pattern && !new RegExp(`^(?:${field.pattern})$`).test(String(value))) return "pattern";
  return null;
}

function firstOf(codes: (string | null)[]): string | null {
  return codes.find((code) => code !== null) ?? null;
}

function dateCode(field: FieldInfo, value: string, today: string): string | null {
  const parts = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/.exec(value);
  const full = parts && `${parts[1]}-${parts[2] ?? "01"}-${parts[3] ?? "01"}`;
  const day = new Date(`${full}T00:00:00Z`);
  const exists = !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === full;
  if (!exists || (field.type === "date" && !parts![3])) return `type.${field.type}`;
  if (field.max === "now" && value.slice(0, 10) > today.slice(0, value.length)) return "future";
  return null;
}

function numberCode(field: FieldInfo, value: unknown): string | null {
  const number = Number(value);
  if (!Number.isFinite(number) || Math.abs(number) > Number.MAX_SAFE_INTEGER) return `type.${field.type}`;
  if (field.type === "integer" && !Number.isInteger(number)) return "type.integer";
  if (typeof field.min === "number" && number < field.min) return `range.min|${field.min}`;
  if (typeof field.max === "number" && number > field.max) return `range.max|${field.max}`;
  return null;
}

const SEPARATORS = /[\s‐‑–—-]+/g;

const CHECKS: Record<string, (text: string) => string | null> = {
  snils,
  passport: (text) => (/^\d{10}$/.test(text.replace("№", "").replace(SEPARATORS, "")) ? null : "passport.format"),
  enp,
  birth_certificate: (text) =>
    /^[IVXІХУ]+\s*[-‐‑–—]\s*[А-ЯABCEHKMOPTXY]{2}\s*(?:№|N)?\s*\d{6}$/.test(text.trim().toUpperCase()) ? null : "birth_certificate.format",
  person_name: personName,
  phone: (text) => (/^(?:\+?7|8)\d{10}$/.test(text.replace(/[\s()‐‑–—-]+/g, "")) || /^\+(?!7)\d{8,15}$/.test(text.replace(/[\s()-]+/g, "")) || /^\d{10}$/.test(text.replace(/[\s()-]+/g, "")) ? null : "phone.format"),
};

function snils(text: string): string | null {
  const digits = text.replace(SEPARATORS, "");
  if (!/^\d{11}$/.test(digits) || /^0+$/.test(digits)) return "snils.format";
  const total = [...digits.slice(0, 9)].reduce((sum, digit, i) => sum + Number(digit) * (9 - i), 0);
  const checked = Number(digits.slice(0, 9)) > 1_001_998;
  return checked && (total % 101) % 100 !== Number(digits.slice(9)) ? "snils.checksum" : null;
}

function enp(text: string): string | null {
  const digits = text.replace(SEPARATORS, "");
  if (!/^\d{16}$/.test(digits) || /^0+$/.test(digits)) return "enp.format";
  const sum = [...digits].reverse().reduce((total, digit, i) => {
    const twice = Number(digit) * (i % 2 ? 2 : 1);
    return total + (twice > 9 ? twice - 9 : twice);
  }, 0);
  return sum % 10 ? "enp.checksum" : null;
}

function personName(text: string): string | null {
  const name = text.normalize("NFC").replace(/[’‘ʼ`´′]/g, "'").replace(/\s*[‐‑–—-]\s*/g, "-").trim().replace(/\s+/g, " ");
  if (/^[Ѐ-ԯ]+(?:[ '-][Ѐ-ԯ]+)*$/.test(name)) return null;
  return /[A-Za-zÀ-ɏ]/.test(name) && /[Ѐ-ԯ]/.test(name) ? "name.mixed" : "name.characters";
}
