/** Everything that is not needed every day. */

import { useApp } from "../app/context";
import { lang, t } from "../app/speech";
import { isUpdateWaiting, update } from "../app/update";
import { OneOf } from "../parts/chips";
import { Banner, Card, Item, Page } from "../parts/page";

export function More() {
  const app = useApp();
  const { db } = app.session.store;
  const theme = document.documentElement.dataset["theme"] ?? "auto";
  const dress = (next: string) => {
    if (next === "auto") delete document.documentElement.dataset["theme"];
    else document.documentElement.dataset["theme"] = next;
    void db.say("theme", next === "auto" ? null : next);
    app.setLang(lang());
  };
  return (
    <Page title={app.session.name}>
      {isUpdateWaiting() && (
        <Banner>
          <p>{t("Есть новая версия приложения. Записи и черновики останутся на месте.", "There is a new version of the app. What was written, and drafts, stay.")}</p>
          <button onClick={update}>{t("Обновить приложение", "Update the app")}</button>
        </Banner>
      )}
      <Card>
        <button onClick={app.lock}>{t("Закрыть на PIN", "Lock with the PIN")}</button>
        <ul class="list">
          <Item href="#/ready">{t("Готовность к выезду", "Ready for the trip")}</Item>
          <Item href="#/workers">{t("Специалисты на этом планшете", "Workers on this tablet")}</Item>
          <Item href="#/copy">{t("Запечатанная копия записей", "A sealed copy of what was written")}</Item>
          <Item href="#/records">{t("Все записи", "All records")}</Item>
          <Item href="#/enrol">{t("Новый код из офиса", "A new code from the office")}</Item>
        </ul>
      </Card>
      <Card title={t("Экран", "Screen")}>
        <OneOf
          name={t("Экран", "Screen")}
          value={theme}
          options={[
            { value: "auto", label: t("Как в системе", "As the system") },
            { value: "light", label: t("На солнце", "In the sun") },
            { value: "dark", label: t("В темноте", "In the dark") },
          ]}
          onChange={dress}
        />
        <OneOf
          name="Язык / Language"
          value={lang()}
          options={[
            { value: "ru", label: "Русский" },
            { value: "en", label: "English" },
          ]}
          onChange={app.setLang}
        />
      </Card>
    </Page>
  );
}
