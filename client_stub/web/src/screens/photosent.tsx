/** Photos on the way home, told apart from the records: how many, how much, how long, and whether they wait for a Wi-Fi. */

import { useApp, useStore } from "../app/context";
import type { Carried } from "../app/homecoming";
import { count, lang, t } from "../app/speech";
import { isOnWifi } from "../app/wifi";
import { OneOf } from "../parts/chips";
import { Banner, Card } from "../parts/page";
import { standing } from "../work/photos";

function megabytes(bytes: number): string {
  const number = Math.max(0.1, bytes / 1024 / 1024).toLocaleString(lang(), { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  return t(`${number}\u00a0МБ`, `${number}\u00a0MB`);
}

/** «записи сданы ✓», and the photos one by one. */
export function Carrying({ photos }: { photos: Carried }) {
  const { all, done, bytes, sent, startedAt } = photos;
  if (!all) return null;
  const left = sent ? ((Date.now() - startedAt) / sent) * (bytes - sent) : 0;
  return (
    <>
      <p class="strong">{t("Записи сданы ✓", "Records are handed in ✓")}</p>
      <p class="strong" role="status">
        {t(`Фото: ${done} из ${all}, ${megabytes(sent)} из ${megabytes(bytes)}`, `Photos: ${done} of ${all}, ${megabytes(sent)} of ${megabytes(bytes)}`)}
        {left > 5000 && `, ${t("осталось", "left")} ~${time(left)}`}
      </p>
      <progress max={bytes} value={sent} aria-label={t("Отправка фото", "Sending photos")} />
    </>
  );
}

function time(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return minutes ? t(`${minutes} мин`, `${minutes} min`) : t(`${Math.round(ms / 1000)} с`, `${Math.round(ms / 1000)} s`);
}

/** What waits, and the choice of the link that it waits for. */
export function PhotosWaiting() {
  const store = useStore();
  const { homecoming } = useApp();
  const { waiting, bytes, refused } = standing(store);
  const wifiOnly = store.get("wifiOnly") ?? false;
  if (!waiting && !refused.length) return null;
  const choose = (on: string) => void store.write((tx) => tx.set({ wifiOnly: on === "wifi" }));
  return (
    <Card title={t("Фото", "Photos")}>
      {waiting > 0 && <p>{t(`Ждёт отправки: ${count(waiting, "photo")}, ${megabytes(bytes)}. На планшете они в сохранности.`, `Waiting to be sent: ${count(waiting, "photo")}, ${megabytes(bytes)}. They are safe on the tablet.`)}</p>}
      {waiting > 0 && (
        <OneOf
          name={t("Когда отправлять фото", "When to send photos")}
          value={wifiOnly ? "wifi" : "any"}
          options={[
            { value: "any", label: t("Сразу после записей", "Right after the records") },
            { value: "wifi", label: t("Ждать Wi-Fi", "Wait for a Wi-Fi") },
          ]}
          onChange={choose}
        />
      )}
      {waiting > 0 && wifiOnly && !isOnWifi() && (
        <button onClick={() => void homecoming.start(true)}>{t("Отправить фото сейчас", "Send the photos now")}</button>
      )}
      {refused.map((photo) => (
        <Banner tone="bad" key={photo.id}>
          <p>{reason(photo.error)} {t("Запись о снимке сдана; сообщите администратору.", "Its record is handed in; tell the administrator.")}</p>
          {photo.owner && <a class="button" href={`#/record/${photo.id}`}>{t("Снимок", "The photo")}</a>}
        </Banner>
      ))}
    </Card>
  );
}

function reason(error: string | null): string {
  return error === "photo_gone"
    ? t("Снимка больше нет на планшете.", "The photo is no more on the tablet.")
    : t(`Сервер не принял снимок (${error}).`, `The server did not take the photo (${error}).`);
}
