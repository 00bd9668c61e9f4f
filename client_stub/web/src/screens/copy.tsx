/** The sealed outbox outside the browser's own storage, which people clear more often than they think. */

import { useRef, useState } from "preact/hooks";
import { useApp, useStore } from "../app/context";
import { count, t, when } from "../app/speech";
import { canKeep, chooseFile, keptCopy, download } from "../app/copying";
import { Banner, Card, Page } from "../parts/page";
import { takeCopy } from "../work/sealedcopy";

export function Copy() {
  const store = useStore();
  const { session } = useApp();
  const [said, setSaid] = useState("");
  const [, redraw] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const state = keptCopy();
  const restore = async (file: File | undefined) => {
    if (!file) return;
    const taken = await takeCopy(session.store, await file.text()).catch((error) =>
      error instanceof RangeError ? t("Эта копия — для другого сервера.", "This copy is for another server.") : t("Это не запечатанная копия.", "This is no sealed copy."),
    );
    setSaid(typeof taken === "string" ? taken : t(`Взято из копии: ${count(taken, "edit")}. Теперь сдайте записи.`, `Taken from the copy: ${count(taken, "edit")}. Now hand in.`));
  };
  return (
    <Page title={t("Запечатанная копия", "A sealed copy")} back>
      <Card>
        <p>
          {t(
            "Копия хранит несданные записи вне браузера. Прочесть её может только сервер. Если данные браузера сотрут, записи вернутся из копии.",
            "The copy keeps what is not handed in outside the browser. Only the server can read it. If the browser's data are cleared, the records come back from it.",
          )}
        </p>
        <p class="hint">{t("Фото в копию не входят: они остаются на планшете, пока не сданы.", "Photos are not in the copy: they stay on the tablet until they are handed in.")}</p>
        {canKeep() ? (
          <button class="main-button" onClick={() => void chooseFile(store).then(() => redraw((n) => n + 1))}>
            {state.at ? t("Выбрать другой файл", "Choose another file") : t("Вести копию в файле", "Keep a copy in a file")}
          </button>
        ) : (
          <Banner tone="warn">
            {t(
              "Этот браузер не умеет вести копию сам. Скачивайте её каждый вечер: файл сохранится в загрузках.",
              "This browser cannot keep the copy by itself. Download it every evening: the file goes to the downloads.",
            )}
          </Banner>
        )}
        {state.at > 0 && <p class="quiet">{t("Файл обновлён", "The file was renewed")}: {when(new Date(state.at).toISOString())}</p>}
        {state.failed && <Banner tone="bad">{t("Файл не обновился: выберите его заново.", "The file was not renewed: choose it again.")}</Banner>}
        <button onClick={() => void download(store)}>
          {t("Скачать копию", "Download a copy")} ({count(store.outbox.size, "edit")})
        </button>
      </Card>
      <Card title={t("Вернуть из копии", "Take back from a copy")}>
        <input ref={input} type="file" accept=".vyezd,application/json" aria-label={t("Файл копии", "The copy's file")} onChange={(event) => void restore(event.currentTarget.files?.[0])} />
        {said && <Banner>{said}</Banner>}
      </Card>
    </Page>
  );
}
