/** Choosing a record: by what it is called, among those on this tablet. */

import { useMemo, useState } from "preact/hooks";
import { useStore } from "../app/context";
import { t } from "../app/speech";
import { compare, fold } from "../protocol/text";
import type { Store } from "../store/store";
import { title as titleOf } from "../work/titles";
import { every } from "../work/view";
import type { InputProps } from "./values";

const SHOWN = 8;

/** The records that may be meant, with their names: territories are those of the scope below which there is no other. */
export function candidates(store: Store, type: string): { value: string; label: string }[] {
  let records = every(store, type);
  if (type === "territory") {
    const scope = new Set(store.get("scope"));
    const parents = new Set(records.map((record) => record.fields["parent"]));
    records = records.filter((record) => scope.has(record.id) && !parents.has(record.id));
  }
  if (type === "worker") {
    const team = store.get("team")!.id;
    records = records.filter((record) => record.fields["team"] === team);
  }
  const named = records.map((record) => ({ value: record.id, label: titleOf(store, type, record.id) }));
  return named.sort((a, b) => compare(a.label, b.label));
}

/**
 * Where a new family or person belongs until its territory is known: one of this tablet's settlements, or the server could
 * place it nowhere and the tablet would lose sight of it.
 */
export function feedFor(store: Store, territory: string | undefined): string | undefined {
  return territory && store.get("scope")?.includes(territory) ? territory : candidates(store, "territory")[0]?.value;
}

export function Picker({ info, value, title, onChange }: InputProps) {
  const store = useStore();
  const [text, setText] = useState("");
  const all = useMemo(() => candidates(store, info.ref!), [store.revision, info.ref]);
  if (value) {
    return (
      <div class="row">
        <span class="grow strong">{titleOf(store, info.ref!, value)}</span>
        <button type="button" onClick={() => onChange(null)}>
          {t("Другое", "Another")}
        </button>
      </div>
    );
  }
  const folded = fold(text);
  const fitting = all.filter((each) => fold(each.label).includes(folded));
  return (
    <div class="field">
      {all.length > SHOWN && (
        <input
          aria-label={title}
          value={text}
          placeholder={t("Начните писать", "Begin to type")}
          onInput={(event) => setText(event.currentTarget.value)}
        />
      )}
      <div class="chips">
        {fitting.slice(0, SHOWN).map((each) => (
          <button type="button" class="chip" key={each.value} onClick={() => onChange(each.value)}>
            {each.label}
          </button>
        ))}
        {!fitting.length && <span class="quiet">{t("Ничего не нашлось", "Nothing found")}</span>}
      </div>
    </div>
  );
}
