/** A family in a list: who, where, and what stands out. */

import { useApp } from "../app/context";
import { count, t, when } from "../app/speech";
import { localDay, now } from "../work/clock";
import { dueOf, type Family } from "../work/families";
import { familyTitle, valueText } from "../work/titles";
import { visitToday } from "../work/trips";
import { Item, Tag } from "./page";

export function FamilyRow({ family, also }: { family: Family; also?: string }) {
  const { session } = useApp();
  const { fields } = family.view;
  const about = [fields["address"], family.children ? t(`детей:\u00a0${family.children}`, `children:\u00a0${family.children}`) : "", fields["number"] && `№\u00a0${fields["number"]}`];
  return (
    <Item href={`#/family/${family.view.id}`}>
      <div class="strong">{familyTitle(family)}</div>
      <div class="small quiet">{about.filter(Boolean).join(" · ")}</div>
      {also && <div class="small">{also}</div>}
      <div class="row">
        <Marks family={family} />
        {session.drafts.get(`visit:${family.view.id}`) && <Tag tone="warn">{t("недописано", "unfinished")}</Tag>}
      </div>
    </Item>
  );
}

function Marks({ family }: { family: Family }) {
  const { store } = useApp().session;
  const due = dueOf(family);
  const met = visitToday(store, family);
  const result = met && valueText(store, store.get("schemas")!.types["visit"]!.fields["result"], met.fields["result"]);
  const unsent = family.view.unsent + family.visits.reduce((sum, visit) => sum + visit.unsent, 0);
  const late = due && due <= localDay(now(store));
  return (
    <>
      {met && <Tag tone="good">✓ {t("сегодня", "today")}: {result}</Tag>}
      {!met && due && <Tag tone={late ? "warn" : ""}>{t("до", "by")} {when(due)}</Tag>}
      {Object.keys(family.view.disputed).length > 0 && <Tag tone="bad">{t("расхождение", "in dispute")}</Tag>}
      {unsent > 0 && <Tag>{t(`не сдано: ${count(unsent, "edit")}`, `not handed in: ${count(unsent, "edit")}`)}</Tag>}
    </>
  );
}
