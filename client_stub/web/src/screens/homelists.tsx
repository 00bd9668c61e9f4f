/** What waits, what the server has against it and what the office says, in lists below the way home. */

import { count, t, when } from "../app/speech";
import { Card, Item } from "../parts/page";
import type { Op } from "../protocol/types";
import type { Store } from "../store/store";
import { doubtful, toMend } from "../work/mending";
import { fieldLabel, title, typeTitle } from "../work/titles";
import { Doubts } from "./shown";

export function Lists({ store }: { store: Store }) {
  const mend = toMend(store);
  const waiting = waitingRecords(store);
  const notices = [...store.tables.notices.values()].sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, 10);
  return (
    <>
      {mend.length > 0 && (
        <Card title={t("Требует исправления", "Needs mending")}>
          <ul class="list">
            {mend.map((copy) => (
              <Item key={copy.op} href={`#/mend/${copy.op}`}>
                <div class="strong">{typeTitle(store, copy.type)}: {title(store, copy.type, copy.record, copy.body ? JSON.parse(copy.body).set : {})}</div>
                {Object.entries(copy.errors).map(([path, said]) => (
                  <div class="doubt" key={path}>{fieldLabel(store, copy.type, path.split(".")[0]!)}: {said.join(" ")}</div>
                ))}
              </Item>
            ))}
          </ul>
        </Card>
      )}
      {waiting.length > 0 && (
        <Card title={t("Ждёт отправки", "Waiting to be sent")}>
          <ul class="list">
            {waiting.slice(0, 40).map(({ type, id, edits }) => (
              <Item key={id} href={type === "family" ? `#/family/${id}` : `#/record/${id}`}>
                {typeTitle(store, type)}: {title(store, type, id)} <span class="quiet small">· {count(edits, "edit")}</span>
              </Item>
            ))}
          </ul>
        </Card>
      )}
      <Doubtful store={store} />
      {notices.length > 0 && (
        <Card title={t("Сообщения из офиса", "Messages from the office")}>
          {notices.map((notice) => (
            <p key={notice.id}>{notice.text}{notice.due && ` (${t("до", "by")} ${when(notice.due)})`}</p>
          ))}
        </Card>
      )}
    </>
  );
}

function waitingRecords(store: Store): { type: string; id: string; edits: number }[] {
  const found = new Map<string, { type: string; id: string; edits: number }>();
  for (const { body } of store.outbox.values()) {
    if (!body) continue;
    const op = JSON.parse(body) as Op;
    const known = found.get(op.id);
    if (known) known.edits += 1;
    else found.set(op.id, { type: op.type, id: op.id, edits: 1 });
  }
  return [...found.values()];
}

/** What was taken as it stands and looks wrong: nobody has to mend it, and who wrote it knows best. */
function Doubtful({ store }: { store: Store }) {
  const views = doubtful(store);
  if (!views.length) return null;
  return (
    <Card title={t("Принято, но проверьте", "Accepted, but have a look")}>
      <ul class="list">
        {views.slice(0, 20).map((view) => (
          <Item key={view.id} href={`#/record/${view.id}`}>
            <div class="strong">{typeTitle(store, view.type)}: {title(store, view.type, view.id)}</div>
            <Doubts view={view} />
          </Item>
        ))}
      </ul>
    </Card>
  );
}
