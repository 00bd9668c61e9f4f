/** What went wrong, told in a sentence with what to do next. */

import { Trouble } from "../protocol/trouble";
import { t } from "./speech";

const KEPT = () => t("Всё записанное сохранено на планшете.", "All you wrote is kept on the tablet.");

/** Whether something could not be stored because the disk, or the browser's share of it, is full. */
function isFull(error: any): boolean {
  return [error?.name, error?.inner?.name].includes("QuotaExceededError");
}

/** What kept something from being done, whatever was thrown. */
export function troubleOf(error: unknown): Trouble {
  return error instanceof Trouble ? error : new Trouble(isFull(error) ? "full" : "failed");
}

export function tell(error: unknown): string {
  const trouble = troubleOf(error);
  return (SENTENCES[trouble.code] ?? SENTENCES["refused"]!)(trouble.details);
}

const SENTENCES: Record<string, (details: Record<string, string | number>) => string> = {
  offline: () => t("Сети нет.", "There is no network.") + ` ${KEPT()}`,
  stopped: () => t("Остановлено.", "Stopped.") + ` ${KEPT()}`,
  no_answer: () =>
    t("Сеть есть, но сервер не отвечает.", "There is a network, but the server does not answer.") + ` ${KEPT()}`,
  cut: () =>
    t(
      "Связь оборвалась посреди ответа. Ничего не потеряется и не запишется дважды.",
      "The connection broke in the middle of an answer. Nothing is lost and nothing is written twice.",
    ),
  not_ours: ({ status }) =>
    t(
      `Ответил не наш сервер (код ${status}): возможно, это страница входа в Wi-Fi. Откройте её в браузере или смените сеть.`,
      `Something else than our server answered (status ${status}): perhaps the sign-in page of a Wi-Fi. Open it in a browser or change the network.`,
    ),
  server_failed: ({ status }) =>
    t(`Интернет есть, сервер недоступен (код ${status}).`, `The internet works, the server is unavailable (status ${status}).`) + ` ${KEPT()}`,
  busy: () => t("Сервер занят. Планшет повторит сам.", "The server is busy. The tablet will try again.") + ` ${KEPT()}`,
  closed: () =>
    t(
      "Сервер восстановлен из копии и ещё не открыт: администратор должен закончить работу.",
      "The server was restored from a backup and is not open yet: the administrator has to finish.",
    ) + ` ${KEPT()}`,
  "bad-code": () =>
    t(
      "Код не подошёл: он с ошибкой, уже использован или просрочен. Проверьте знаки или возьмите в офисе новый.",
      "The code does not fit: it is mistyped, used or expired. Check it, or ask the office for a new one.",
    ),
  bad_receipt: () =>
    t(
      "Квитанция сервера не подтвердилась: возможно, ответил не наш сервер. Ничего не принято на веру. Сообщите администратору.",
      "The server's receipt could not be verified: perhaps another server answered. Nothing was taken on trust. Tell the administrator.",
    ) + ` ${KEPT()}`,
  unanswered: () =>
    t("Сервер ничего не ответил об отправленном. Сообщите администратору.", "The server said nothing of what was sent. Tell the administrator.") +
    ` ${KEPT()}`,
  restless: () =>
    t("Сервер раз за разом велит начать сначала. Сообщите администратору.", "The server keeps telling the tablet to start again. Tell the administrator.") +
    ` ${KEPT()}`,
  batch_too_large: () =>
    t("Одна правка больше, чем принимает сервер. Сообщите администратору.", "One edit is larger than the server takes. Tell the administrator.") +
    ` ${KEPT()}`,
  op_too_large: () =>
    t("Слишком длинный текст: разделите его на части.", "The text is too long: divide it into parts."),
  full: () =>
    t(
      "На планшете кончилось место: последнее не сохранилось. Удалите лишние файлы и повторите.",
      "The tablet is full: the latest was not kept. Remove files that you do not need and try again.",
    ),
  failed: () => t("Сбой в приложении. Закройте его и откройте снова.", "The app failed. Close it and open it again."),
  no_space: () =>
    t(
      "Снимок не сохранён: на планшете нет места. Удалите лишние файлы и снимите ещё раз.",
      "The photo was not kept: the tablet is full. Remove files that you do not need and take it again.",
    ),
  no_picture: () =>
    t("Этот файл не открылся как снимок. Снимите ещё раз; подойдут JPEG, PNG, WebP.", "This file did not open as a picture. Take it again; JPEG, PNG and WebP will do."),
  refused: ({ said }) => t(`Сервер отказал. ${said ?? ""}`, `The server refused. ${said ?? ""}`),
};
