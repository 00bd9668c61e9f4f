/** The route sheet: the stops of the trip in order, what was promised, what was left half written. */

import { useApp, useStore } from "../app/context";
import { phone, t, when } from "../app/speech";
import { FamilyRow } from "../parts/familyrow";
import { Banner, Card, Item, Page, Tag } from "../parts/page";
import { DAY_MS, localDay, now } from "../work/clock";
import { shortName, title, typeTitle } from "../work/titles";
import { isToday, presentTrip, promisedBy, stopsOf, visitToday, type Stop } from "../work/trips";
import { every, type View } from "../work/view";

const AHEAD = 14; // days

export function Route() {
  const store = useStore();
  const { session } = useApp();
  const trip = presentTrip(store);
  const promised = promisedBy(store, localDay(now(store) + AHEAD * DAY_MS)).slice(0, 20);
  return (
    <Page title={store.get("team")!.name} side={<span class="small quiet">{shortName(session.name)}</span>}>
      <Returned />
      <Unfinished />
      {trip ? <Trip trip={trip} /> : <Card><p>{t("На ближайшее время выездов нет.", "No trip is planned.")}</p></Card>}
      {promised.length > 0 && (
        <Card title={t("Обещали прийти", "Promised visits")}>
          <ul class="list">
            {promised.map(({ family }) => (
              <FamilyRow key={family.view.id} family={family} />
            ))}
          </ul>
        </Card>
      )}
      <a class="button" href="#/families">
        {t("Все семьи", "All families")}
      </a>
    </Page>
  );
}

function Trip({ trip }: { trip: View }) {
  const store = useStore();
  const { date_from: from, date_to: to, purpose } = trip.fields;
  const stops = stopsOf(store, trip);
  return (
    <Card title={isToday(store, trip) ? t("Маршрут", "The route") : t("Следующий выезд", "The next trip")}>
      <p class="quiet">
        {from === to ? when(from) : `${when(from)} — ${when(to)}`}
        {purpose && ` · ${purpose}`}
      </p>
      <ol class="list">
        {stops.map((stop) => (
          <StopRow key={stop.value["order"]} stop={stop} />
        ))}
      </ol>
      {!stops.length && <p class="quiet">{t("Остановок ещё нет.", "There are no stops yet.")}</p>}
      <a class="button" href={`#/edit/${trip.id}`}>
        {t("Выезд: одометр, состояние, остановки", "The trip: odometer, status, stops")}
      </a>
    </Card>
  );
}

function StopRow({ stop }: { stop: Stop }) {
  const store = useStore();
  const { family, territory, arrive_at: arrive, note } = stop.value;
  if (family && stop.families[0]) {
    const also = [arrive && when(arrive).slice(-5), note].filter(Boolean).join(" · ");
    return <FamilyRow family={stop.families[0]} also={also} />;
  }
  const met = stop.families.filter((each) => visitToday(store, each)).length;
  return (
    <Item href={`#/families/${territory ?? ""}`}>
      <div class="strong">
        {territory ? title(store, "territory", territory) : note}
      </div>
      <div class="row small quiet">
        {[arrive && when(arrive).slice(-5), territory && note, t(`семей: ${stop.families.length}`, `families: ${stop.families.length}`)].filter(Boolean).join(" · ")}
        {met > 0 && <Tag tone="good">✓ {met}</Tag>}
      </div>
    </Item>
  );
}

/** Visits that the office has sent back, with whom to call. */
function Returned() {
  const store = useStore();
  const returned = every(store, "visit").filter((visit) => visit.fields["review_state"] === "returned");
  return (
    <>
      {returned.map((visit) => (
        <Banner tone="warn" key={visit.id}>
          <p class="strong">{t("Посещение возвращено:", "A visit was returned:")} {title(store, "visit", visit.id)}</p>
          {visit.fields["review_remark"] && <p>{visit.fields["review_remark"]}</p>}
          {visit.fields["review_due"] && <p>{t("Исправить до", "Mend by")} {when(visit.fields["review_due"])}</p>}
          <div class="row">
            <a class="button" href={`#/edit/${visit.id}`}>{t("Исправить", "Mend")}</a>
            {visit.fields["review_phone"] && <a class="button" href={`tel:${visit.fields["review_phone"]}`}>☎ {phone(visit.fields["review_phone"])}</a>}
          </div>
        </Banner>
      ))}
    </>
  );
}

/** Forms that were left half written. */
function Unfinished() {
  const store = useStore();
  const { drafts } = useApp().session;
  const all = drafts.all();
  if (!all.length) return null;
  return (
    <Card title={t("Недописано", "Unfinished")}>
      <ul class="list">
        {all.map((draft) => (
          <Item key={draft.key} href={`#/${draft.place}`}>
            {typeTitle(store, draft.type)}: {title(store, draft.type, draft.id, draft.values)}
          </Item>
        ))}
      </ul>
    </Card>
  );
}
