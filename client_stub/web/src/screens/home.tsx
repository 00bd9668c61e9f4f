/** Coming home: one button, what waits, what became of it, and «всё сдано» only when the server has agreed. */

import { useEffect, useState } from "preact/hooks";
import { useApp, useHomecoming, useStore } from "../app/context";
import type { Homecoming, Progress } from "../app/homecoming";
import { count, t, when } from "../app/speech";
import { tell } from "../app/troubles";
import { Banner, Card, Facts, Page } from "../parts/page";
import type { Store } from "../store/store";
import { toMend } from "../work/mending";
import { due, standing, type Standing } from "../work/photos";
import { isAllHandedIn, type Report } from "../work/sync";
import { CopyAsks } from "./copy";
import { Lists } from "./homelists";
import { Carrying, PhotosWaiting } from "./photosent";

export function Home({ expired }: { expired?: boolean }) {
  const store = useStore();
  const homecoming = useHomecoming();
  return (
    <Page title={t("Сдать записи", "Hand in")} bare={expired} side={expired && <LockButton />}>
      {expired && <Expired />}
      {store.get("reenrol") && <Twin />}
      <Now homecoming={homecoming} store={store} />
      {homecoming.state.now !== "running" && <PhotosWaiting />}
      {!expired && <CopyAsks />}
      {!expired && <Lists store={store} />}
    </Page>
  );
}

function Now({ homecoming, store }: { homecoming: Homecoming; store: Store }) {
  const { state } = homecoming;
  switch (state.now) {
    case "running":
      return <Running progress={state.progress} onStop={homecoming.stop} />;
    case "waiting":
      return <Pause trouble={tell(state.trouble)} retryAt={state.retryAt} records={Boolean(state.progress.photos)} homecoming={homecoming} store={store} />;
    case "done": // what was said holds until something more is written
      return (
        <>
          {store.outbox.size <= state.report.waiting && <Outcome report={state.report} mend={toMend(store).length} photos={standing(store)} />}
          <Begin homecoming={homecoming} store={store} />
        </>
      );
    default:
      return <Begin homecoming={homecoming} store={store} />;
  }
}

function Begin({ homecoming, store }: { homecoming: Homecoming; store: Store }) {
  const waiting = store.outbox.size;
  const something = waiting > 0 || due(store).length > 0;
  const last = store.get("syncedAt");
  return (
    <Card>
      {waiting > 0 && (
        <p>
          <span class="big-number figures">{waiting}</span> {count(waiting, "edit").replace(/^\d+\s/, "")} {t("к отправке", "to be sent")}
        </p>
      )}
      {!waiting && <p class="strong">{t("Записи отправлять не нужно: новых нет.", "No records to send: there are no new ones.")}</p>}
      <button class="main-button wide" onClick={() => void homecoming.start()}>
        {something ? t("Сдать и получить новое", "Hand in and get what is new") : t("Получить новое", "Get what is new")}
      </button>
      {last && <p class="quiet small">{t("Последняя связь с сервером", "Last contact with the server")}: {when(last)}</p>}
    </Card>
  );
}

function Running({ progress, onStop }: { progress: Progress; onStop: () => void }) {
  const { sent, toSend, received, toReceive, offered, startedAt, photos } = progress;
  const seconds = (Date.now() - startedAt) / 1000;
  const left = sent && toSend > sent ? Math.ceil((seconds / sent) * (toSend - sent)) : 0;
  return (
    <Card>
      {photos?.all ? <Carrying photos={photos} /> : <>
      <p class="strong" role="status">
        {sent < toSend ? t(`Сдаём записи: ${sent} из ${toSend}`, `Handing in: ${sent} of ${toSend}`) : received < toReceive ? t(`Получаем: ${received} из ${count(toReceive, "record")}`, `Receiving: ${received} of ${count(toReceive, "record")}`) : t(`Получаем: ${count(received, "record")}`, `Receiving: ${count(received, "record")}`)}
      </p>
      {sent < toSend ? <progress max={toSend} value={sent} aria-label={t("Отправка", "Sending")} /> : <Receiving progress={progress} />}
      </>}
      {offered > 0 && <p>{t("Сервер восстановлен из копии, сдаём заново", "The server was restored, handing in again")}: {offered}</p>}
      {left > 5 && <p class="quiet">{t(`Осталось примерно ${left} с`, `About ${left} s left`)}</p>}
      <p class="quiet small">{t("Экран не погаснет. Если связь оборвётся, планшет продолжит сам.", "The screen stays on. If the connection breaks, the tablet goes on by itself.")}</p>
      <button onClick={onStop}>{t("Остановить", "Stop")}</button>
    </Card>
  );
}

/** How far the pull is, as soon as the server has said how much there is. */
export function Receiving({ progress: { received, toReceive } }: { progress: Progress }) {
  const known = toReceive ? { max: toReceive, value: Math.min(received, toReceive) } : {};
  return <progress {...known} aria-label={t("Получение", "Receiving")} />;
}

interface PauseProps {
  trouble: string;
  retryAt: number | null;
  /** Whether the records are handed in and only photos wait. */
  records: boolean;
  homecoming: Homecoming;
  store: Store;
}

function Pause({ trouble, retryAt, records, homecoming, store }: PauseProps) {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const look = () => setSeconds(Math.max(0, Math.ceil(((retryAt ?? 0) - Date.now()) / 1000)));
    look();
    const timer = setInterval(look, 1000);
    return () => clearInterval(timer);
  }, [retryAt]);
  return (
    <Card>
      <Banner tone="warn">
        <p class="strong">{trouble}</p>
        <p>
          {retryAt ? t(`Повторим сами через ${seconds} с.`, `We try again in ${seconds} s.`) : t("Продолжим сами, когда она появится.", "We go on when it is there.")}{" "}
          {records ? t("Записи сданы ✓ Осталось сдать фото", "Records are handed in ✓ Photos still to go") : t("Осталось сдать", "Still to hand in")}:{" "}
          {records ? count(due(store).length, "photo") : count(store.outbox.size, "edit")}.
        </p>
      </Banner>
      <button class="main-button" onClick={() => void homecoming.start()}>{t("Повторить сейчас", "Try again now")}</button>
      <button onClick={() => void homecoming.stop()}>{t("Отложить", "Later")}</button>
    </Card>
  );
}

function Outcome({ report, mend, photos }: { report: Report; mend: number; photos: Standing }) {
  const of = (outcome: string) => report.results.filter((result) => result.outcome === outcome).length;
  const figures: [string, number][] = [
    [t("Принято", "Accepted"), of("applied")],
    [t("Принято, есть расхождение: решит администратор", "Accepted, in dispute: the administrator decides"), of("conflict")],
    [t("Принято на хранение: разместит офис", "Accepted and kept: the office places it"), of("stored")],
    [t("Требует исправления", "Needs mending"), of("quarantined")],
    [t("Сдано заново: сервер восстановлен из копии", "Handed in again: the server was restored"), report.offered],
    [t("Получено записей", "Records received"), report.received],
    [t("Убрано с планшета", "Taken off the tablet"), report.gone],
  ];
  return (
    <>
      <Verdict report={report} mend={mend} photos={photos} />
      {report.revoked && <Banner tone="bad">{t("Доступ этого планшета отозван. Позвоните в офис.", "This tablet's access is revoked. Call the office.")}</Banner>}
      {report.outdated && <Banner tone="warn">{t("Приложение устарело: закройте его и откройте снова при связи.", "The app is too old: close it and open it again with a connection.")}</Banner>}
      <Card>
        <Facts facts={figures.filter(([, number]) => number > 0).map(([name, number]) => [name, number])} />
      </Card>
    </>
  );
}

function Verdict({ report, mend, photos }: { report: Report; mend: number; photos: Standing }) {
  if (report.trouble) return <Banner tone="bad">{tell(report.trouble)}</Banner>;
  const more = photos.waiting + photos.refused.length;
  if (isAllHandedIn(report) && more) {
    return <Banner tone="warn"><p class="strong">{t("Записи сданы ✓ Планшет и сервер согласны.", "Records are handed in ✓ The tablet and the server agree.")}</p><p>{t(`Фото сданы не все: осталось ${count(more, "photo")}.`, `Not all photos are handed in: ${count(more, "photo")} left.`)}</p></Banner>;
  }
  if (isAllHandedIn(report)) {
    return <Banner tone="good"><p class="strong">{t("Всё сдано ✓ Записи на сервере, планшет и сервер согласны.", "All is handed in ✓ It is on the server, and the tablet and the server agree.")}</p>{mend > 0 && <p>{t(`Исправить: ${count(mend, "edit")} — ниже.`, `To be mended: ${count(mend, "edit")}, below.`)}</p>}</Banner>;
  }
  if (report.waiting) return <Banner tone="warn">{t(`Сдано не всё: ждёт ${count(report.waiting, "edit")}.`, `Not all is handed in: ${count(report.waiting, "edit")} wait.`)}</Banner>;
  return <Banner tone="warn">{t("Записи на сервере. Сервер нашёл отличия и прислал часть заново: нажмите ещё раз, чтобы проверить.", "It is on the server, which found differences and sent some again: press once more to check.")}</Banner>;
}

function Expired() {
  return (
    <Banner tone="warn">
      <p class="strong">{t("Срок доступа к данным истёк.", "The time for reading the data has ended.")}</p>
      <p>{t("Записи на месте. Соединитесь с сервером: он продлит срок, и планшет откроется.", "All that was written is there. Connect to the server: it renews the time, and the tablet opens.")}</p>
      <a href="#/enrol">{t("Новый код из офиса", "A new code from the office")}</a>
    </Banner>
  );
}

function Twin() {
  return (
    <Banner tone="bad">
      <p>{t("Этот планшет скопирован или восстановлен из копии. Возьмите в офисе новый код; новые записи подождут.", "This tablet was cloned or restored from a copy. Ask the office for a new code; what you write meanwhile waits.")}</p>
      <a class="button" href="#/enrol">{t("Ввести новый код", "Type a new code")}</a>
    </Banner>
  );
}

function LockButton() {
  const { lock } = useApp();
  return <button onClick={lock}>{t("Закрыть", "Lock")}</button>;
}
