/** The sealed outbox outside the browser's own storage, which people clear more often than they think. */

import { useEffect, useRef, useState } from "preact/hooks";
import { useApp, useStore } from "../app/context";
import { both, t, when } from "../app/speech";
import { canKeep, chooseFolder, download, keptCopy, resume, standingOfCopy } from "../app/copying";
import { Banner, Card, Page } from "../parts/page";
import { takeCopy, waitingPhotos } from "../work/sealedcopy";

/** After a restart the browser renews the copy only when somebody has tapped. */
export function CopyAsks() {
  const store = useStore();
  const [asks, setAsks] = useState(false);
  const look = () => void standingOfCopy(store.db).then((standing) => setAsks(standing === "asks"));
  useEffect(look, []);
  if (!asks) return null;
  return (
    <Banner tone="warn">
      <p>{t("Запечатанная копия не обновляется: браузер ждёт вашего разрешения.", "The sealed copy is not renewed: the browser waits for your permission.")}</p>
      <button onClick={() => void resume(store).then(look)}>{t("Возобновить копию", "Renew the copy")}</button>
    </Banner>
  );
}

export function Copy() {
  const store = useStore();
  const { session } = useApp();
  const [said, setSaid] = useState("");
  const [, redraw] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const state = keptCopy();
  const restore = async (files: FileList | null) => {
    const total = { ops: 0, photos: 0 };
    try {
      for (const file of files ?? []) {
        const taken = await takeCopy(session.store, await file.text());
        total.ops += taken.ops;
        total.photos += taken.photos;
      }
      setSaid(t(`Взято из копии: ${both(total)}. Теперь сдайте записи.`, `Taken from the copy: ${both(total)}. Now hand in.`));
    } catch (error) {
      setSaid(error instanceof RangeError ? t("Эта копия — для другого сервера.", "This copy is for another server.") : t("Это не запечатанная копия.", "This is no sealed copy."));
    }
  };
  const waiting = { ops: store.outbox.size, photos: waitingPhotos(store).length };
  return (
    <Page title={t("Запечатанная копия", "A sealed copy")} back>
      <CopyAsks />
      <Card>
        <p>
          {t(
            "Копия хранит несданные записи и фото вне браузера. Прочесть её может только сервер. Если данные браузера сотрут, записи и фото вернутся из копии.",
            "The copy keeps records and photos that are not handed in outside the browser. Only the server can read it. If the browser's data are cleared, they come back from it.",
          )}
        </p>
        <p class="hint">{t("Недописанных черновиков и их фото в копии нет.", "Drafts that are not finished, and their photos, are not in it.")}</p>
        {canKeep() ? (
          <button class="main-button" onClick={() => void chooseFolder(store).then(() => redraw((n) => n + 1))}>
            {state.at ? t("Выбрать другую папку", "Choose another folder") : t("Вести копию в папке", "Keep a copy in a folder")}
          </button>
        ) : (
          <Banner tone="warn">
            {t(
              "Этот браузер не умеет вести копию сам. Скачивайте её каждый вечер: файл сохранится в загрузках.",
              "This browser cannot keep the copy by itself. Download it every evening: the file goes to the downloads.",
            )}
          </Banner>
        )}
        {state.at > 0 && (
          <p class="quiet">
            {t("Копия обновлена", "The copy was renewed")}: {when(new Date(state.at).toISOString())}, {t("в ней", "it holds")} {both(state.held)}.
          </p>
        )}
        {state.failed && <Banner tone="bad">{t("Копия не обновилась. Если разрешение не поможет, выберите папку заново.", "The copy was not renewed. If a permission does not help, choose the folder again.")}</Banner>}
        <button onClick={() => void download(store)}>
          {t("Скачать копию", "Download a copy")} ({both(waiting)})
        </button>
      </Card>
      <Card title={t("Вернуть из копии", "Take back from a copy")}>
        <p class="hint">{t("Из папки выберите сразу все файлы «vyezd».", "From a folder, choose all “vyezd” files at once.")}</p>
        <input ref={input} type="file" multiple hidden accept=".vyezd,application/json" aria-label={t("Файлы копии", "The copy's files")} onChange={(event) => void restore(event.currentTarget.files)} />
        <button onClick={() => input.current!.click()}>{t("Выбрать файлы копии", "Choose the copy's files")}</button>
        {said && <Banner>{said}</Banner>}
      </Card>
    </Page>
  );
}
