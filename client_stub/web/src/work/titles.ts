/** What records and values are called on the screen. */

import { label, lang, t, when, phone } from "../app/speech";
import { millisecondsOf } from "../protocol/clock";
import type { FieldInfo, Fields } from "../protocol/types";
import type { Store } from "../store/store";
import { families, personName, type Family } from "./families";
import { localIso } from "./clock";
import { look } from "./view";

export function typeTitle(store: Store, type: string): string {
  return label(store.get("schemas")?.types[type]?.title, type);
}

export function fieldLabel(store: Store, type: string, name: string): string {
  if (name === "@life") return t("Удаление", "Deletion");
  return label(store.get("schemas")?.types[type]?.fields[name]?.label, name);
}

/** A family by its members, else by its address or number; of one that is not here, what an op wrote of it. */
export function familyTitle(family: Family | undefined, written: Fields = {}): string {
  return family?.name || written["address"] || t("Семья без имён", "A family without names");
}

/** A record by the fields that name it; `written`: those of an op, for a record that is not on this tablet. */
export function title(store: Store, type: string, id: string, written?: Fields): string {
  const fields = look(store, id)?.fields ?? written;
  if (!fields) return t("нет на этом планшете", "not on this tablet");
  if (type === "family") return familyTitle(families(store).get(id), fields);
  if (type === "person") return personName(fields) || `…${id.slice(-6)}`;
  const info = store.get("schemas")?.types[type];
  const told = (info?.display ?? []).map((name) => valueText(store, info!.fields[name]!, fields[name])).filter(Boolean);
  const family = fields["family"] ? title(store, "family", fields["family"]) : "";
  return [...told, family].filter(Boolean).join(" · ") || `…${id.slice(-6)}`;
}

/** A value as a person reads it. */
export function valueText(store: Store, field: FieldInfo | undefined, value: any): string {
  if (value === null || value === undefined || value === "") return "";
  if (field?.merge === "log") return (value as any[]).map((entry) => valueText(store, field.items, entry.value)).join("; ");
  if (Array.isArray(value)) return value.map((each) => valueText(store, field?.items, each)).filter(Boolean).join(", ");
  if (typeof value === "boolean") return value ? t("да", "yes") : t("нет", "no");
  if (typeof value === "object") return objectText(store, field, value);
  if (field?.type === "ref") return title(store, field.ref!, value);
  if (["date", "datetime", "partial_date"].includes(field?.type ?? "")) return when(String(value));
  if (field?.check === "phone") return phone(String(value));
  const code = store.get("schemas")?.codes[field?.codes ?? ""]?.find((each) => each.value === value);
  if (typeof value === "number") return value.toLocaleString(lang());
  return code ? label(code.label) : String(value);
}

function objectText(store: Store, field: FieldInfo | undefined, value: Fields): string {
  if ("from" in value && Object.keys(value).every((key) => key === "from" || key === "to")) {
    return `${when(value["from"] ?? "")} — ${value["to"] ? when(value["to"]) : "…"}`;
  }
  return Object.entries(value)
    .map(([name, each]) => valueText(store, field?.fields?.[name], each))
    .filter(Boolean)
    .join(", ");
}

/** A worker's name, from the reference feed, else from the tablet's own team. */
export function workerName(store: Store, id: string | null | undefined): string {
  if (!id) return t("офис", "the office");
  const known = store.tables.records.get(id)?.fields["name"];
  return known ?? store.get("team")?.workers.find((worker) => worker.id === id)?.name ?? t("офис", "the office");
}

/** «Иванова М. П.» */
export function shortName(name: string): string {
  const [surname = "", ...rest] = name.split(" ");
  return [surname, ...rest.map((part) => `${part[0]}.`)].join("\u00a0");
}

export function stampText(stamp: string): string {
  return when(localIso(millisecondsOf(stamp)));
}
