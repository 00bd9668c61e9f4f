/** The family's card: what was promised last time, whom to call, who they are, what has been done. */

import { useState } from "preact/hooks";
import { useApp, useStore } from "../app/context";
import { count, phone, t, when } from "../app/speech";
import { Icon } from "../parts/icon";
import { Banner, Card, Item, Page, Tag } from "../parts/page";
import { toast } from "../parts/toast";
import { newId } from "../protocol/ids";
import { childrenOf } from "../work/children";
import { localDay, localIso, now } from "../work/clock";
import { takeBack, write } from "../work/edits";
import { dueOf, families, personName, phonesOf, type Family } from "../work/families";
import { promiseOf } from "../work/promises";
import { familyTitle, fieldLabel, shortName, stampText, valueText, workerName } from "../work/titles";
import { presentTrip, isToday, visitToday } from "../work/trips";
import { Disputes } from "./disputes";
import { ChildrenShown } from "./record";
import { FieldsShown } from "./shown";

export function FamilyCard({ id }: { id: string }) {
  const store = useStore();
  const family = families(store).get(id);
  if (!family) return <Page title={t("Семья", "Family")} back><p>{t("Этой семьи на планшете нет.", "This family is not on the tablet.")}</p></Page>;
  return (
    <Page title={familyTitle(family)} back>
      <div class="columns">
        <div>
          <Promise_ family={family} />
          <Deeds family={family} />
          <Calls family={family} />
          <Disputes view={family.view} />
          <Members family={family} />
        </div>
        <div>
          <Card title={t("О семье", "About the family")}>
            <FieldsShown view={family.view} />
            <a class="button" href={`#/edit/${id}`}>{t("Исправить карточку", "Correct the card")}</a>
          </Card>
          <Visits family={family} />
          <ChildrenShown all={childrenOf(store, "family", id).filter(({ type }) => !["visit", "membership"].includes(type))} parent={id} />
        </div>
      </div>
    </Page>
  );
}

/** What the last visit left to be done. */
function Promise_({ family }: { family: Family }) {
  const store = useStore();
  const promise = promiseOf(family);
  const due = dueOf(family);
  const late = due !== null && due < localDay(now(store));
  if (!promise) return <Banner>{t("Здесь ещё не были: первое посещение.", "Nobody has been here: the first visit.")}</Banner>;
  const { visit, note } = promise;
  return (
    <Banner tone={late ? "warn" : ""}>
      <p class="strong">
        {t("В прошлый раз", "Last time")}, {when(String(visit.fields["started_at"]).slice(0, 10))}
        {due && ` · ${t("обещали прийти до", "promised to come by")} ${when(due)}`}
      </p>
      {visit.fields["needs"]?.length > 0 && <p>{t("Нужно", "Needed")}: {valueText(store, store.get("schemas")!.types["visit"]!.fields["needs"], visit.fields["needs"])}</p>}
      {note && (
        <p>
          «{note.value}» <span class="small">— {shortName(workerName(store, note.by))}, {stampText(note.at)}</span>
        </p>
      )}
    </Banner>
  );
}

function Deeds({ family }: { family: Family }) {
  const { session } = useApp();
  const [asking, setAsking] = useState(false);
  const met = visitToday(session.store, family);
  const unfinished = session.drafts.get(`visit:${family.view.id}`);
  return (
    <div class="field">
      {met && (
        <a class="button wide" href={`#/record/${met.id}`}>
          ✓ {t("Сегодняшнее посещение", "Today's visit")}
        </a>
      )}
      <a class="button main-button wide" href={`#/visit/${family.view.id}`}>
        {unfinished ? t("Дописать посещение", "Finish the visit") : t("Записать посещение", "Write down a visit")}
      </a>
      {!asking && <button class="wide" onClick={() => setAsking(true)}>{t("Не застали", "Nobody at home")}</button>}
      {asking && <NotAtHome family={family} onDone={() => setAsking(false)} />}
    </div>
  );
}

/** The second of two taps. */
function NotAtHome({ family, onDone }: { family: Family; onDone: () => void }) {
  const { session } = useApp();
  const store = useStore();
  const save = async () => {
    const trip = presentTrip(store);
    const set = {
      family: family.view.id,
      kind: family.visits.length ? "repeat" : "initial",
      started_at: localIso(now(store)),
      result: { from: null, to: "not_at_home" },
      ...(trip && isToday(store, trip) ? { trip: trip.id } : {}),
    };
    const change = { set, ...(session.worker ? { add: { participants: [session.worker] } } : {}) };
    const ops = await write(store, [{ type: "visit", id: newId(), change }], session.worker);
    toast(t("Записано: не застали", "Written: nobody at home"), () => takeBack(store, ops.map((op) => op.op)));
    onDone();
  };
  return (
    <div class="row">
      <button class="main-button grow" onClick={() => void save()}>
        {t("Записать: не застали", "Write: nobody at home")}, {localIso(now(store)).slice(11, 16)}
      </button>
      <button onClick={onDone}>{t("Нет", "No")}</button>
    </div>
  );
}

function Calls({ family }: { family: Family }) {
  const store = useStore();
  const numbers = phonesOf(family);
  const directions = (family.view.fields["directions"] ?? []).at(-1);
  return (
    <>
      {numbers.map(({ number, whose }) => (
        <a class="button" key={number + whose} href={`tel:${number}`}>
          <Icon name="phone" /> {phone(number)} {whose}
        </a>
      ))}
      {directions && <p>{fieldLabel(store, "family", "directions")}: {directions.value}</p>}
    </>
  );
}

function Members({ family }: { family: Family }) {
  const store = useStore();
  const role = store.get("schemas")!.types["membership"]!.fields["role"];
  return (
    <Card title={t(`В семье: ${count(family.members.filter((each) => !each.past).length, "person")}`, `In the family: ${count(family.members.filter((each) => !each.past).length, "person")}`)}>
      <ul class="list">
        {family.members.map(({ person, membership, past }) => (
          <Item key={membership.id} href={`#/record/${person.id}`}>
            <div class={past ? "quiet" : "strong"}>{personName(person.fields)}</div>
            <div class="row small quiet">
              {[valueText(store, role, membership.fields["role"]), when(String(person.fields["birth_date"] ?? ""))].filter(Boolean).join(" · ")}
              {membership.fields["is_legal_representative"] && <Tag>{t("законный представитель", "legal representative")}</Tag>}
              {past && <Tag>{t("выбыл", "left")}</Tag>}
              {Object.keys(person.disputed).length > 0 && <Tag tone="bad">{t("расхождение", "in dispute")}</Tag>}
            </div>
          </Item>
        ))}
      </ul>
      <a class="button" href={`#/member/${family.view.id}`}>+ {t("Добавить человека", "Add a person")}</a>
    </Card>
  );
}

function Visits({ family }: { family: Family }) {
  const store = useStore();
  const info = store.get("schemas")!.types["visit"]!;
  return (
    <Card title={t(`Посещения: ${family.visits.length}`, `Visits: ${family.visits.length}`)}>
      <ul class="list">
        {family.visits.slice(0, 12).map((visit) => (
          <Item key={visit.id} href={`#/record/${visit.id}`}>
            <div class="strong">
              {when(visit.fields["started_at"] ?? "")} · {valueText(store, info.fields["result"], visit.fields["result"])}
            </div>
            <div class="row small quiet">
              {valueText(store, info.fields["kind"], visit.fields["kind"])}
              {visit.unsent > 0 && <Tag>{t("не сдано", "not handed in")}</Tag>}
              {visit.fields["review_state"] === "returned" && <Tag tone="warn">{t("возвращено", "returned")}</Tag>}
            </div>
          </Item>
        ))}
      </ul>
    </Card>
  );
}
