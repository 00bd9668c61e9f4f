/**
 * A visit, written on a knee: what is asked every time stands first, what is rare is folded away. Which fields there are
 * comes from the record type; those that this screen does not know stand among the rare ones.
 */

import { replace, useApp, useStore } from "../app/context";
import type { Session } from "../app/session";
import { count, t, when } from "../app/speech";
import { SomeOf } from "../parts/chips";
import { editsOf, reopen, useForm, type Form } from "../parts/draft";
import { Field } from "../parts/field";
import { Card, Page } from "../parts/page";
import { DraftPhotos, TakePhoto } from "../parts/photos";
import { useSaving } from "../parts/saving";
import { toast } from "../parts/toast";
import type { TypeInfo } from "../protocol/types";
import { contactOf } from "../work/contacts";
import { DAY_MS, localDay, localIso, now } from "../work/clock";
import { write } from "../work/edits";
import { families, type Family } from "../work/families";
import { groupsOf } from "../work/forms";
import { discard, edits as photoEdits, unsaved } from "../work/photos";
import { phrasesFor, rememberPhrase } from "../work/phrases";
import { likeLastTime } from "../work/promises";
import { familyTitle } from "../work/titles";
import { isToday, presentTrip, stopsOf } from "../work/trips";

const FIRST = ["result", "kind"];
const WORK = ["needs", "services"];
const LAST = ["participants"];
const SPECIAL = ["family", "notes", "next_visit_due"];

export function Visit({ family: id }: { family: string }) {
  const store = useStore();
  const { session } = useApp();
  const family = families(store).get(id);
  const info = store.get("schemas")!.types["visit"]!;
  const form = useForm(`visit:${id}`, "visit", null, `visit/${id}`, () => ({ ...presetFor(session, family), family: id }));
  const held = form.values["result"] === "held";
  const { save, trouble } = useSaving(async () => {
    const photos = photoEdits(store, form.draft.id, "visit", id);
    const met = contactOf(family!, form.values, store.get("schemas")!, localDay(now(store)));
    const ops = await write(store, [...editsOf(store, form.draft, info), ...photos, ...met], session.worker);
    await form.drop();
    toast(t("Посещение записано", "The visit is written down"), () => reopen(session, form, ops));
    replace("family", id);
    void rememberPhrase(store, form.values["notes"]?.[0]).catch(() => undefined); // the visit is written all the same
  });
  if (!family) return <Page title={t("Посещение", "Visit")} back><p>{t("Этой семьи на планшете нет.", "This family is not on the tablet.")}</p></Page>;
  const leave = async () => {
    await discard(store, unsaved(store, form.draft.id).map((photo) => photo.id));
    await form.drop();
    replace("family", id);
  };
  const field = (name: string) => info.fields[name] && <FormField key={name} form={form} info={info} name={name} />;
  return (
    <Page title={familyTitle(family)} back>
      <Card>{FIRST.map(field)}</Card>
      {held && (
        <Card>
          <LikeLastTime form={form} family={family} />
          {WORK.map(field)}
        </Card>
      )}
      <Card>
        <Note form={form} info={info} />
        <NextVisit form={form} info={info} />
        {LAST.map(field)}
        {(form.values["participants"]?.length ?? 0) > 1 && (
          <p class="hint">{t("Если коллега запишет это посещение и на своём планшете, оно сочтётся одним.", "If your colleague writes this visit on her tablet too, both count as one.")}</p>
        )}
      </Card>
      <Card title={t("Фото", "Photos")}>
        <DraftPhotos owner={form.draft.id} />
        <TakePhoto owner={form.draft.id} onChosen={form.keep} />
      </Card>
      <Rest form={form} info={info} />
      {trouble}
      <div class="foot row">
        <button class="main-button grow" onClick={save}>
          {t("Записать", "Write down")}
        </button>
        <button class="danger" onClick={() => void leave()}>
          {t("Не писать", "Discard")}
        </button>
      </div>
    </Page>
  );
}

function presetFor({ store, worker }: Session, family: Family | undefined) {
  const trip = presentTrip(store);
  const today = trip && isToday(store, trip) ? trip : undefined;
  const met = family?.visits.some((visit) => visit.fields["result"] === "held");
  return {
    kind: met ? "repeat" : "initial",
    result: "held",
    started_at: localIso(now(store)),
    participants: worker ? [worker] : [],
    ...(today ? { trip: today.id, planned: isStop(family, today) } : {}),
  };
  function isStop(of: Family | undefined, trip_: NonNullable<typeof trip>) {
    return stopsOf(store, trip_).some((stop) => stop.families.includes(of!));
  }
}

function FormField({ form, info, name }: { form: Form; info: TypeInfo; name: string }) {
  return <Field type="visit" name={name} info={info.fields[name]!} value={form.values[name]} before={form.before[name]} onChange={(value) => form.put(name, value)} />;
}

function LikeLastTime({ form, family }: { form: Form; family: Family }) {
  const like = likeLastTime(family);
  const last = family.visits[0]?.fields["started_at"];
  if (!Object.keys(like).length || !last) return null;
  const take = () => Object.entries(like).forEach(([name, value]) => form.put(name, value));
  return (
    <button type="button" onClick={take}>
      {t("Как в прошлый раз", "Like last time")} ({when(String(last).slice(0, 10))})
    </button>
  );
}

function Note({ form, info }: { form: Form; info: TypeInfo }) {
  const { store } = useApp().session;
  if (!info.fields["notes"]) return null;
  const text: string = form.values["notes"]?.[0] ?? "";
  const add = (phrase: string) => form.put("notes", [[text.trim(), phrase].filter(Boolean).join(" ")]);
  return (
    <>
      <FormField form={form} info={info} name="notes" />
      <div class="chips" role="group" aria-label={t("Готовые фразы", "Ready phrases")}>
        {phrasesFor(store).map((phrase) => (
          <button type="button" class="chip" key={phrase} onClick={() => add(phrase)}>
            {phrase}
          </button>
        ))}
      </div>
    </>
  );
}

function NextVisit({ form, info }: { form: Form; info: TypeInfo }) {
  const { store } = useApp().session;
  if (!info.fields["next_visit_due"]) return null;
  const soon = [7, 14, 30, 90].map((days) => ({ days, day: localDay(now(store) + days * DAY_MS) }));
  return (
    <>
      <FormField form={form} info={info} name="next_visit_due" />
      <SomeOf
        name={t("Следующее посещение", "Next visit")}
        options={soon.map(({ days, day }) => ({ value: day, label: t(`через ${count(days, "day")}`, `in ${count(days, "day")}`) }))}
        value={[form.values["next_visit_due"]]}
        onChange={(days) => form.put("next_visit_due", days.at(-1) ?? null)}
      />
    </>
  );
}

/** Every other field that a tablet may write. */
function Rest({ form, info }: { form: Form; info: TypeInfo }) {
  const shown = new Set([...FIRST, ...WORK, ...LAST, ...SPECIAL]);
  const rest = groupsOf(info).flatMap((group) => group.fields.filter(([name]) => !shown.has(name)));
  return (
    <details class="card">
      <summary>{t("Ещё: время, цель, место, подпись", "More: time, purpose, place, signature")}</summary>
      {rest.map(([name]) => (
        <FormField key={name} form={form} info={info} name={name} />
      ))}
    </details>
  );
}
