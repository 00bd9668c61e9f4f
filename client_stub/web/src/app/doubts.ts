/** What is said beside a field whose value looks wrong; the codes are those of schemas/messages.py. */

import { t } from "./speech";

export function doubt(code: string): string {
  const [name, argument = ""] = code.split("|");
  return (SENTENCES[name!] ?? SENTENCES["pattern"]!)(argument);
}

const SENTENCES: Record<string, (argument: string) => string> = {
  "snils.format": () => t("В СНИЛС 11 цифр.", "A SNILS has 11 digits."),
  "snils.checksum": () => t("Контрольное число СНИЛС не сходится: проверьте цифры.", "The SNILS check number does not match: check the digits."),
  "passport.format": () => t("Серия и номер паспорта: 10 цифр.", "A passport has 10 digits."),
  "enp.format": () => t("В полисе 16 цифр.", "A policy has 16 digits."),
  "enp.checksum": () => t("Контрольная цифра полиса не сходится.", "The policy's check digit does not match."),
  "birth_certificate.format": () => t("Обычный вид: II-АБ № 123456.", "It usually looks like II-АБ № 123456."),
  "name.mixed": () => t("В имени смешаны русские и латинские буквы.", "The name mixes Cyrillic and Latin letters."),
  "name.characters": () => t("В имени нужны русские буквы, дефис, пробел.", "A name has Cyrillic letters, hyphens, spaces."),
  "phone.format": () => t("Похоже, в номере не хватает цифр.", "The number seems to lack digits."),
  "type.date": () => t("Такой даты нет.", "There is no such date."),
  "type.partial_date": () => t("Нужна дата, месяц и год или год: 03.05.2014, 05.2014, 2014.", "A date, a month or a year: 03.05.2014, 05.2014, 2014."),
  "type.integer": () => t("Нужно целое число.", "Must be a whole number."),
  "type.number": () => t("Нужно число.", "Must be a number."),
  "range.min": (least) => t(`Не меньше ${least}.`, `At least ${least}.`),
  "range.max": (most) => t(`Не больше ${most}.`, `At most ${most}.`),
  too_long: (most) => t(`Слишком длинно: не больше ${most} знаков.`, `Too long: at most ${most} characters.`),
  future: () => t("Эта дата ещё не наступила.", "This date lies in the future."),
  pattern: () => t("Значение необычное: проверьте.", "The value is unusual: check it."),
};
