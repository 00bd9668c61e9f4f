/** What a tablet must have before there is no network, each with what to do about it. */

import { canKeep, standingOfCopy } from "../app/copying";
import { count, t, when } from "../app/speech";
import type { Store } from "../store/store";
import { DAY_MS, leaseNow } from "./clock";
import { every } from "./view";

export interface Finding {
  name: string;
  good: boolean;
  text: string;
}

const SPACE = 500 * 1024 * 1024; // bytes: a trip's photos
const CLOCK_MS = 120_000;

export async function examine(store: Store): Promise<Finding[]> {
  return [scope(store), lists(store), lease(store), clock(store), await space(), await lasting(), await copy(store), await offline()];
}

function scope(store: Store): Finding {
  const good = store.get("standing") ?? false;
  const families = count(every(store, "family").length, "family");
  const text = good
    ? t(`На планшете ${families}, всего ${count(store.tables.records.size, "record")}.`, `The tablet holds ${families}, ${count(store.tables.records.size, "record")} in all.`)
    : t(`Получено не всё: пока ${families}. Нажмите «Обновить данные».`, `Not all is here yet: ${families}. Press “Renew the data”.`);
  return { name: t("Данные бригады", "The team's data"), good, text };
}

function lists(store: Store): Finding {
  const { version, types, codes } = store.get("schemas")!;
  const text = t(
    `Версия ${version}: видов записей ${Object.keys(types).length}, списков ${Object.keys(codes).length}.`,
    `Version ${version}: ${Object.keys(types).length} record types, ${Object.keys(codes).length} lists.`,
  );
  return { name: t("Формы и списки", "Forms and lists"), good: !store.get("outdated"), text };
}

function lease(store: Store): Finding {
  const until = store.get("leaseUntil")!;
  const days = Math.floor((Date.parse(until) - leaseNow(store)) / DAY_MS);
  return {
    name: t("Срок доступа", "Time for reading"),
    good: days >= 3,
    text: t(`До ${when(until)}: ${count(Math.max(0, days), "day")}. Продлевается при каждой связи.`, `Until ${when(until)}: ${count(Math.max(0, days), "day")}. Each contact renews it.`),
  };
}

function clock(store: Store): Finding {
  const offset = store.get("offsetMs") ?? 0;
  const good = Math.abs(offset) < CLOCK_MS;
  const minutes = count(Math.round(Math.abs(offset) / 60_000), "minute");
  return {
    name: t("Часы", "Clock"),
    good,
    text: good
      ? t("Идут верно.", "Right.")
      : t(`Расходятся с сервером: ${minutes}. Записи поправим сами, но время на планшете лучше исправить.`, `Off by ${minutes}. Records are corrected, but better set the tablet's clock.`),
  };
}

async function space(): Promise<Finding> {
  const { quota = 0, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  const free = quota - usage;
  const text = t(`Свободно примерно ${Math.round(free / 1024 / 1024)} МБ.`, `About ${Math.round(free / 1024 / 1024)} MB free.`);
  return { name: t("Место", "Space"), good: !quota || free > SPACE, text };
}

/** Whether the browser has promised not to evict what is stored. */
async function lasting(): Promise<Finding> {
  const storage = navigator.storage;
  const good = ((await storage?.persisted?.()) || (await storage?.persist?.())) ?? false;
  return {
    name: t("Надёжное хранение", "Lasting storage"),
    good,
    text: good
      ? t("Браузер не сотрёт данные сам. Не очищайте данные сайта.", "The browser will not clear the data by itself. Do not clear the site's data.")
      : t("Браузер не обещал хранить данные. Установите приложение на экран и ведите запечатанную копию («Ещё»).", "The browser has not promised to keep the data. Install the app and keep a sealed copy (“More”)."),
  };
}

async function copy(store: Store): Promise<Finding> {
  const standing = await standingOfCopy(store.db);
  const text = {
    kept: t("Ведётся сама, вне браузера.", "It is kept by itself, outside the browser."),
    asks: t("Браузер ждёт разрешения: откройте «Ещё» → «Запечатанная копия».", "The browser waits for a permission: open “More” → “A sealed copy”."),
    none: canKeep()
      ? t("Не ведётся. Выберите для неё папку: «Ещё» → «Запечатанная копия».", "None is kept. Choose a folder for it: “More” → “A sealed copy”.")
      : t("Этот браузер не ведёт её сам. Скачивайте копию каждый вечер: «Ещё» → «Запечатанная копия».", "This browser keeps none. Download it every evening: “More” → “A sealed copy”."),
  }[standing];
  return { name: t("Запечатанная копия", "A sealed copy"), good: standing === "kept", text };
}

async function offline(): Promise<Finding> {
  const good = Boolean(navigator.serviceWorker?.controller ?? (await navigator.serviceWorker?.getRegistration())?.active);
  return {
    name: t("Работа без сети", "Working without a network"),
    good,
    text: good ? t("Приложение откроется без сети.", "The app opens without a network.") : t("Закройте приложение и откройте его ещё раз при связи.", "Close the app and open it once more with a connection."),
  };
}
