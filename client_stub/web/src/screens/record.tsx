/** Any record, to be read. */

import { useApp, useStore } from "../app/context";
import { t } from "../app/speech";
import { Banner, Card, Item, Page, Tag } from "../parts/page";
import { Photos, Picture, TakePhoto } from "../parts/photos";
import type { Op } from "../protocol/types";
import { canBeSigned, childrenOf, type Children } from "../work/children";
import { localIso, now } from "../work/clock";
import { takeBack, write } from "../work/edits";
import { discard, edits as photoEdits } from "../work/photos";
import { fieldLabel, title, typeTitle } from "../work/titles";
import { look, type View } from "../work/view";
import { toast } from "../parts/toast";
import { Disputes } from "./disputes";
import { Doubts, FieldsShown } from "./shown";

export function Record({ id }: { id: string }) {
  const store = useStore();
  const view = look(store, id);
  if (!view) return <Page title={t("Запись", "Record")} back><p>{t("Этой записи на планшете нет.", "This record is not on the tablet.")}</p></Page>;
  const info = store.get("schemas")!.types[view.type];
  return (
    <Page title={typeTitle(store, view.type)} back>
      <Disputes view={view} />
      {view.fields["review_state"] === "returned" && <Banner tone="warn">{view.fields["review_remark"]}</Banner>}
      <Card title={title(store, view.type, id)}>
        {view.unsent > 0 && <p><Tag>{t("не сдано", "not handed in")}</Tag></p>}
        {view.fields["sha256"] && <Picture sha256={view.fields["sha256"]} name={title(store, view.type, id)} />}
        <FieldsShown view={view} />
        {view.incomplete.length > 0 && (
          <p class="doubt">{t("Не хватает", "Missing")}: {view.incomplete.map((name) => fieldLabel(store, view.type, name)).join(", ")}</p>
        )}
        <Doubts view={view} />
        {info?.writer === "tablet" && <a class="button" href={`#/edit/${id}`}>{t("Исправить", "Correct")}</a>}
        {canBeSigned(store, view) && <Sign view={view} />}
        {view.fields["family"] && <a class="button" href={`#/family/${view.fields["family"]}`}>{t("К семье", "To the family")}</a>}
      </Card>
      <PhotosOf view={view} />
      <ChildrenShown all={childrenOf(store, view.type, id)} parent={id} />
    </Page>
  );
}

/** The photos of a record whose type an attachment can name. */
function PhotosOf({ view }: { view: View }) {
  const { store, worker } = useApp().session;
  if (store.get("schemas")!.types["attachment"]?.fields[view.type]?.ref !== view.type) return null;
  const family = view.type === "family" ? view.id : view.fields["family"];
  const save = async () => {
    const ops = await write(store, photoEdits(store, view.id, view.type, family), worker);
    toast(t("Снимок сохранён", "The photo is kept"), () => undo(ops));
  };
  const undo = async (ops: Op[]) => {
    const done = await takeBack(store, ops.map((op) => op.op));
    if (done) await discard(store, ops.map((op) => op.id));
    return done;
  };
  return (
    <Card title={t("Фото", "Photos")}>
      <Photos owner={view.id} />
      <TakePhoto owner={view.id} onTaken={save} />
    </Card>
  );
}

/** Who signs says that the record is done, and hands it to the office for review. */
function Sign({ view }: { view: View }) {
  const { session } = useApp();
  const { store } = session;
  const sign = async () => {
    const state = store.get("schemas")!.types[view.type]!.fields["review_state"];
    const step = state?.steps_of_tablet?.includes("submitted") ? { review_state: { from: view.fields["review_state"] ?? null, to: "submitted" } } : {};
    const change = { set: { signed_at: localIso(now(store)), ...step } };
    const ops = await write(store, [{ type: view.type, id: view.id, change, opened: view }], session.worker);
    toast(t("Подписано: уйдёт на проверку", "Signed: it goes to be reviewed"), () => takeBack(store, ops.map((op) => op.op)));
  };
  return <button onClick={() => void sign()}>{t("Подписать и отдать на проверку", "Sign and hand in for review")}</button>;
}

/** What belongs to a record: lists of those there are, and a way to make one of each type. */
export function ChildrenShown({ all, parent }: { all: Children[]; parent: string }) {
  const store = useStore();
  const made = all.filter((each) => each.made);
  const listed = all.filter((each) => each.records.length && each.type !== "attachment"); // shown as pictures
  return (
    <>
      {listed.map(({ type, records }) => (
        <Card key={type} title={typeTitle(store, type)}>
          <ul class="list">
            {records.map((each) => (
              <Item key={each.id} href={`#/record/${each.id}`}>{title(store, type, each.id)}</Item>
            ))}
          </ul>
        </Card>
      ))}
      {made.length > 0 && (
        <details class="card">
          <summary>{t("Добавить запись", "Add a record")}</summary>
          <div class="chips">
            {made.map(({ type }) => (
              <a class="button" key={type} href={`#/new/${type}/${parent}`}>{typeTitle(store, type)}</a>
            ))}
          </div>
        </details>
      )}
    </>
  );
}
