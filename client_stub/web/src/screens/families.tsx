/** Families by settlement, and the search among them. */

import { useMemo, useState } from "preact/hooks";
import { go, useRoute, useStore } from "../app/context";
import { count, t } from "../app/speech";
import { FamilyRow } from "../parts/familyrow";
import { Card, Page } from "../parts/page";
import { compare } from "../protocol/text";
import { families, type Family } from "../work/families";
import { find, indexOf } from "../work/search";
import { title } from "../work/titles";

const MOST = 12; // rows drawn for a search: whoever does not see hers types on
const PORTION = 20; // rows of a settlement that are drawn at once

let lastText = ""; // the search is there again when a card is closed

export function Families() {
  const store = useStore();
  const [, place] = useRoute();
  const [text, setText] = useState(place ? "" : lastText);
  const all = families(store);
  const index = useMemo(() => indexOf(all.values()), [all]);
  const found = useMemo(() => find(index, text), [index, text]);
  const search = (next: string) => setText((lastText = next));
  return (
    <Page title={place ? title(store, "territory", place) : t("Семьи", "Families")} back={place ? () => go("families") : undefined}>
      {!place && (
        <input
          type="search"
          value={text}
          placeholder={t("Фамилия, адрес, телефон", "Surname, address, phone")}
          aria-label={t("Поиск семьи", "Search for a family")}
          onInput={(event) => search(event.currentTarget.value)}
        />
      )}
      {text.trim() && !place ? <Found found={found} /> : <Places all={[...all.values()]} only={place} />}
      <a class="button main-button" href={place ? `#/new/family/${place}` : "#/new/family"}>
        + {t("Новая семья", "A new family")}
      </a>
    </Page>
  );
}

function Found({ found }: { found: Family[] }) {
  return (
    <Card>
      <p class="quiet" role="status">
        {found.length ? t(`Нашлось: ${count(found.length, "family")}`, `Found: ${count(found.length, "family")}`) : t("Никто не нашёлся. Попробуйте часть фамилии или улицу.", "Nobody found. Try a part of the surname, or the street.")}
      </p>
      <ul class="list">
        {found.slice(0, MOST).map((family) => (
          <FamilyRow key={family.view.id} family={family} />
        ))}
      </ul>
    </Card>
  );
}

function Places({ all, only }: { all: Family[]; only?: string }) {
  const places = new Map<string, Family[]>();
  for (const family of all) {
    const id = family.view.fields["territory"] ?? "";
    if (!only || id === only) places.set(id, [...(places.get(id) ?? []), family]);
  }
  const sorted = [...places].sort(([, a], [, b]) => compare(a[0]!.place, b[0]!.place));
  if (!sorted.length) return <p class="quiet">{t("Семей здесь ещё нет.", "There are no families here yet.")}</p>;
  return (
    <>
      {sorted.map(([id, here]) => (
        <Place key={id} name={here[0]!.place || t("Без территории", "No territory")} here={here} open={sorted.length < 3} />
      ))}
    </>
  );
}

/** Its rows are drawn when it is opened, and not all at once: a settlement may have hundreds of families. */
function Place({ name, here, open }: { name: string; here: Family[]; open: boolean }) {
  const [shown, setShown] = useState(open ? PORTION : 0);
  return (
    <details class="card" open={open} onToggle={(event) => setShown(event.currentTarget.open ? Math.max(shown, PORTION) : 0)}>
      <summary>
        {name} · {here.length}
      </summary>
      {shown > 0 && (
        <ul class="list">
          {here.slice(0, shown).map((family) => (
            <FamilyRow key={family.view.id} family={family} />
          ))}
        </ul>
      )}
      {shown > 0 && shown < here.length && (
        <button class="wide" onClick={() => setShown(shown + PORTION)}>
          {t(`Показать ещё (${here.length - shown})`, `Show more (${here.length - shown})`)}
        </button>
      )}
    </details>
  );
}
