/** A record's fields as a person reads them, in the order of its form. */

import { useStore } from "../app/context";
import { doubt } from "../app/doubts";
import { label } from "../app/speech";
import { Facts } from "../parts/page";
import { fieldLabel, shortName, stampText, valueText, workerName } from "../work/titles";
import type { FieldInfo } from "../protocol/types";
import type { Store } from "../store/store";
import type { View } from "../work/view";

const OF_FILES = ["owner", "owner_type", "sha256", "mime"]; // what a file's record says to programs

export function FieldsShown({ view }: { view: View }) {
  const store = useStore();
  const fields = Object.entries(store.get("schemas")!.types[view.type]?.fields ?? {});
  fields.sort(([, a], [, b]) => (a.order ?? 0) - (b.order ?? 0));
  const hidden = "sha256" in view.fields ? OF_FILES : [];
  const told = fields.filter(([name]) => !isNothing(view.fields[name]) && !hidden.includes(name));
  return <Facts facts={told.map(([name, info]) => [label(info.label, name), shown(store, info, view.fields[name])])} />;
}

function isNothing(value: unknown): boolean {
  return value === null || value === undefined || value === "" || (Array.isArray(value) && !value.length);
}

function shown(store: Store, info: FieldInfo, value: any) {
  if (info.merge !== "log") return valueText(store, info, value);
  return (value as any[]).map((entry) => (
    <p key={`${entry.op}${entry.i}`}>
      {valueText(store, info.items, entry.value)} <span class="small quiet">— {shortName(workerName(store, entry.by))}, {stampText(entry.at)}</span>
    </p>
  ));
}

/** What the server's soft checks have against a record: it is in the register all the same. */
export function Doubts({ view }: { view: View }) {
  const store = useStore();
  const told = Object.entries(view.warnings ?? {});
  return (
    <>
      {told.map(([name, codes]) => (
        <p class="doubt" key={name}>{fieldLabel(store, view.type, name.split(".")[0]!)}: {codes.map(doubt).join(" ")}</p>
      ))}
    </>
  );
}
