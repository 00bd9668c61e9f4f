/** Lists of records of any type: whatever the register has, the tablet can show and, where tablets write, make. */

import { useState } from "preact/hooks";
import { useStore } from "../app/context";
import { t } from "../app/speech";
import { Card, Item, Page } from "../parts/page";
import { compare, fold } from "../protocol/text";
import { title, typeTitle } from "../work/titles";
import { every, type View } from "../work/view";

const MOST = 60;

export function Records({ type }: { type: string }) {
  return type ? <List type={type} /> : <Types />;
}

function Types() {
  const store = useStore();
  const types = Object.keys(store.get("schemas")!.types);
  types.sort((a, b) => compare(typeTitle(store, a), typeTitle(store, b)));
  return (
    <Page title={t("Все записи", "All records")} back>
      <Card>
        <ul class="list">
          {types.map((type) => (
            <Item key={type} href={`#/records/${type}`}>
              {typeTitle(store, type)} · {every(store, type).length}
            </Item>
          ))}
        </ul>
      </Card>
    </Page>
  );
}

function List({ type }: { type: string }) {
  const store = useStore();
  const info = store.get("schemas")!.types[type];
  const [text, setText] = useState("");
  const day = ({ fields }: View) => String(fields[info?.date_field ?? ""] ?? "");
  const named = every(store, type).map((view) => ({ id: view.id, day: day(view), name: title(store, type, view.id) }));
  const found = named.filter(({ name }) => fold(name).includes(fold(text))).sort((a, b) => compare(b.day, a.day) || compare(a.name, b.name));
  return (
    <Page title={typeTitle(store, type)} back>
      <input type="search" aria-label={t("Поиск", "Search")} placeholder={t("Поиск", "Search")} value={text} onInput={(event) => setText(event.currentTarget.value)} />
      <Card>
        <ul class="list">
          {found.slice(0, MOST).map(({ id, name }) => (
            <Item key={id} href={type === "family" ? `#/family/${id}` : `#/record/${id}`}>{name}</Item>
          ))}
        </ul>
        {found.length > MOST && <p class="quiet">{t(`и ещё ${found.length - MOST}`, `and ${found.length - MOST} more`)}</p>}
      </Card>
      {info?.writer === "tablet" && !("sha256" in info.fields) && (
        <a class="button main-button" href={`#/new/${type}`}>+ {t("Новая запись", "A new record")}</a>
      )}
    </Page>
  );
}
