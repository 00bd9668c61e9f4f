/** Any record, to be read. */

import { useStore } from "../app/context";
import { t } from "../app/speech";
import { Banner, Card, Item, Page, Tag } from "../parts/page";
import type { Store } from "../store/store";
import { fieldLabel, title, typeTitle } from "../work/titles";
import { every, look } from "../work/view";
import { Disputes } from "./disputes";
import { FieldsShown } from "./shown";

export function Record({ id }: { id: string }) {
  const store = useStore();
  const view = look(store, id);
  if (!view) return <Page title={t("Запись", "Record")} back><p>{t("Этой записи на планшете нет.", "This record is not on the tablet.")}</p></Page>;
  const info = store.get("schemas")!.types[view.type];
  const parts = childrenOf(store, view.type, id);
  return (
    <Page title={typeTitle(store, view.type)} back>
      <Disputes view={view} />
      {view.fields["review_state"] === "returned" && <Banner tone="warn">{view.fields["review_remark"]}</Banner>}
      <Card title={title(store, view.type, id)}>
        {view.unsent > 0 && <p><Tag>{t("не сдано", "not handed in")}</Tag></p>}
        <FieldsShown view={view} />
        {view.incomplete.length > 0 && (
          <p class="doubt">{t("Не хватает", "Missing")}: {view.incomplete.map((name) => fieldLabel(store, view.type, name)).join(", ")}</p>
        )}
        {info?.writer === "tablet" && <a class="button" href={`#/edit/${id}`}>{t("Исправить", "Correct")}</a>}
        {view.fields["family"] && <a class="button" href={`#/family/${view.fields["family"]}`}>{t("К семье", "To the family")}</a>}
      </Card>
      {parts.map(({ type, records }) => (
        <Card key={type} title={typeTitle(store, type)}>
          <ul class="list">
            {records.map((each) => (
              <Item key={each} href={`#/record/${each}`}>{title(store, type, each)}</Item>
            ))}
          </ul>
          <a class="button" href={`#/new/${type}/${id}`}>+ {t("Добавить", "Add")}</a>
        </Card>
      ))}
    </Page>
  );
}

/** The types that belong to this one by a required reference written once, with their records. */
function childrenOf(store: Store, type: string, id: string): { type: string; records: string[] }[] {
  const types = Object.entries(store.get("schemas")!.types).filter(([, info]) => info.writer === "tablet");
  return types.flatMap(([name, info]) => {
    const link = Object.entries(info.fields).find(([, field]) => field.ref === type && field.required && field.merge === "once")?.[0];
    if (!link || type === "worker") return [];
    return [{ type: name, records: every(store, name).filter((each) => each.fields[link] === id).map((each) => each.id) }];
  });
}
