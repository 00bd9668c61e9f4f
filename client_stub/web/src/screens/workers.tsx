/** Several workers on one tablet: each opens it with a PIN of her own, and writes under her own name. */

import { useEffect, useState } from "preact/hooks";
import { useApp } from "../app/context";
import { holders, type Holder } from "../app/session";
import { t } from "../app/speech";
import { Card, Page, Tag } from "../parts/page";
import { NewPin } from "./enrol";

export function Workers() {
  const { session } = useApp();
  const [known, setKnown] = useState<Holder[] | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const look = () => void holders(session.store.db).then(setKnown);
  useEffect(look, []);
  const team = session.store.get("team")!.workers;
  const picked = team.find((worker) => worker.id === chosen);
  return (
    <Page title={t("Специалисты на этом планшете", "Workers on this tablet")} back>
      <Card>
        <ul class="list">
          {known && team.map((worker) => {
            const has = known.some((holder) => holder.worker === worker.id);
            return (
              <li class="item last" key={worker.id}>
                <div class="grow">
                  {worker.name} {worker.id === session.worker && <Tag tone="good">{t("сейчас", "now")}</Tag>}
                </div>
                <button onClick={() => setChosen(worker.id)}>{has ? t("Сменить PIN", "Change the PIN") : t("Дать PIN", "Give a PIN")}</button>
              </li>
            );
          })}
        </ul>
        <p class="hint">{t("PIN коллеге дают и меняют только при ней: под ним она подписывает свои записи.", "A colleague's PIN is given and changed in her presence: what she writes goes under it.")}</p>
      </Card>
      {picked && <NewPin key={picked.id} session={session} worker={picked.id} name={picked.name} onDone={() => { setChosen(null); look(); }} />}
    </Page>
  );
}
