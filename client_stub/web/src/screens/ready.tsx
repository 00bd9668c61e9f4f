/** Ready for the trip? What the tablet must have before there is no network. */

import { useEffect, useState } from "preact/hooks";
import { useApp, useHomecoming, useStore } from "../app/context";
import { t, when } from "../app/speech";
import { tell } from "../app/troubles";
import { Banner, Card, Page } from "../parts/page";
import { Receiving } from "./home";
import { examine, type Finding } from "../work/readiness";

export function Ready() {
  const store = useStore();
  const { session } = useApp();
  const homecoming = useHomecoming();
  const [found, setFound] = useState<Finding[]>([]);
  const { state } = homecoming;
  useEffect(() => void examine(session.store).then(setFound), [store.revision]);
  useEffect(() => {
    if (!store.get("standing") && state.now === "idle") void homecoming.start();
  }, []);
  const bad = found.filter((each) => !each.good).length;
  return (
    <Page title={t("Готовность к выезду", "Ready for the trip")} back>
      {state.now === "running" && (
        <Card>
          <p class="strong" role="status">
            {t("Получаем данные бригады", "Receiving the team's data")}: {state.progress.received}
            {state.progress.toReceive > 0 && t(` из ${state.progress.toReceive}`, ` of ${state.progress.toReceive}`)}
          </p>
          <Receiving progress={state.progress} />
        </Card>
      )}
      {state.now === "waiting" && <Banner tone="warn">{tell(state.trouble)}</Banner>}
      {state.now !== "running" && found.length > 0 && (
        <Banner tone={bad ? "warn" : "good"}>
          <p class="strong">{bad ? t("Почти готово: посмотрите отмеченное.", "Almost ready: look at what is marked.") : t("Планшет готов: можно ехать.", "The tablet is ready: off you go.")}</p>
        </Banner>
      )}
      <Card>
        <ul class="list">
          {found.map((each) => (
            <li class="item last" key={each.name}>
              <span class={each.good ? "tick" : "tick mark"} aria-hidden="true">{each.good ? "✓" : "!"}</span>
              <div class="grow">
                <div class="strong">{each.name}</div>
                <div class={each.good ? "quiet" : "doubt"}>{each.text}</div>
              </div>
            </li>
          ))}
        </ul>
        <button onClick={() => void homecoming.start()} disabled={state.now === "running"}>{t("Обновить данные", "Renew the data")}</button>
        <a class="button main-button" href="#/">{t("К маршруту", "To the route")}</a>
      </Card>
      <p class="quiet small">{t("Доступ к данным — до", "The data may be read until")} {when(store.get("leaseUntil")!)}</p>
    </Page>
  );
}
