/** Two tabs must not write into one store. */

import { t } from "../app/speech";
import { Banner, Page } from "../parts/page";

export function Elsewhere() {
  return (
    <Page title={t("Выезд", "Vyezd")} bare>
      <Banner tone="warn">
        <p>{t("Приложение уже открыто в другой вкладке. Закройте её и обновите эту.", "The app is open in another tab. Close it and reload this one.")}</p>
        <button onClick={() => location.reload()}>{t("Обновить", "Reload")}</button>
      </Banner>
    </Page>
  );
}
