/** The locked tablet: who, PIN, and what may be done without one. */

import { useState } from "preact/hooks";
import { unlock, type Holder, type Session } from "../app/session";
import { both, count, t } from "../app/speech";
import { tell } from "../app/troubles";
import { OneOf } from "../parts/chips";
import { Banner, Card, Page } from "../parts/page";
import { PinPad } from "../parts/pins";
import type { Database } from "../store/db";
import type { Sealed } from "../work/sealedcopy";

interface Props {
  db: Database;
  holders: Holder[];
  waiting: Sealed;
  onOpen: (session: Session) => void;
  onForgotten: () => void;
}

export function Lock({ db, holders, waiting, onOpen, onForgotten }: Props) {
  const [worker, setWorker] = useState(holders[0]!.worker);
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState("");
  const holder = holders.find((each) => each.worker === worker)!;
  const open = async (pin: string) => {
    setBusy(true);
    const session = await unlock(db, holder, pin).catch((error: unknown) => setTrouble(tell(error)));
    setBusy(false);
    if (!session) return;
    if (session === "wrong") setTrouble(t("PIN не подошёл.", "Wrong PIN."));
    else if (typeof session === "number") setTrouble(pauseText(session));
    else onOpen(session);
  };
  return (
    <Page title={t("Выезд", "Vyezd")} bare>
      <Card>
        {holders.length > 1 && (
          <OneOf name={t("Кто вы?", "Who are you?")} value={worker} options={holders.map((each) => ({ value: each.worker, label: each.name }))} onChange={setWorker} />
        )}
        {holders.length === 1 && <p class="strong">{holder.name}</p>}
        <PinPad onDone={(pin) => void open(pin)} disabled={busy} />
        {busy && <p class="quiet" role="status">{t("Открываем…", "Opening…")}</p>}
        {trouble && <Banner tone="warn">{trouble}</Banner>}
      </Card>
      {waiting.ops + waiting.photos > 0 && (
        <p class="quiet">
          {t(`Ждёт отправки: ${both(waiting)}. Всё сохранено и запечатано.`, `Waiting to be sent: ${both(waiting)}. All is kept and sealed.`)}
        </p>
      )}
      <button class="bare" onClick={onForgotten}>
        {t("Забыли PIN?", "Forgot the PIN?")}
      </button>
    </Page>
  );
}

function pauseText(until: number): string {
  const seconds = Math.ceil((until - Date.now()) / 1000);
  const pause = seconds > 90 ? count(Math.ceil(seconds / 60), "minute") : `${seconds} ${t("с", "s")}`;
  return t(`Слишком много попыток. Подождите: ${pause}.`, `Too many tries. Wait: ${pause}.`);
}
