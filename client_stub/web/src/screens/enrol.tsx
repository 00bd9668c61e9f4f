/** Before the first trip: code, worker, PIN. The rest is the same for a tablet that joins again. */

import { useState } from "preact/hooks";
import { begin, give, PIN_LENGTH, renew, type Session } from "../app/session";
import { lang, t } from "../app/speech";
import { tell } from "../app/troubles";
import { OneOf } from "../parts/chips";
import { Icon } from "../parts/icon";
import { Banner, Card, Page } from "../parts/page";
import { PinPad } from "../parts/pins";
import { Scanner } from "../parts/scanner";
import type { Database } from "../store/db";
import { codeIn, codeInAddress, enter, join, type Joining } from "../work/enrolment";

interface Props {
  db: Database;
  /** The open store of a tablet that joins again; its worker keeps the PIN. */
  session?: Session;
  /** The store's key is lost: a new one takes its place. */
  renewing?: boolean;
  onDone: (session: Session) => void;
}

export function Enrol({ db, session, renewing, onDone }: Props) {
  const [joining, setJoining] = useState<Joining | null>(null);
  if (!joining) return <Code db={db} bare={!session} onJoined={(each) => (session ? void again(session, each).then(onDone) : setJoining(each))} />;
  return <Person db={db} joining={joining} start={renewing ? renew : begin} onDone={onDone} />;
}

async function again(session: Session, joining: Joining): Promise<Session> {
  await enter(session.store, joining);
  return session;
}

function Code({ db, bare, onJoined }: { db: Database; bare: boolean; onJoined: (joining: Joining) => void }) {
  const [code, setCode] = useState(() => codeInAddress(location.hash));
  const [scanning, setScanning] = useState(false);
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState("");
  const send = async (text: string) => {
    setBusy(true);
    setTrouble("");
    const name = `${t("Планшет", "Tablet")} ${navigator.platform || ""}`.trim();
    await join(db, codeIn(text), name, lang()).then(onJoined, (error) => setTrouble(tell(error)));
    setBusy(false);
  };
  const take = (text: string) => {
    setScanning(false);
    setCode(codeIn(text));
    void send(text);
  };
  return (
    <Page title={t("Подключение планшета", "Joining a team")} bare={bare} back={!bare}>
      <Card>
        <p>{t("Возьмите в офисе код для своей бригады: на экране, на бумаге или по телефону.", "Ask the office for your team's code: on a screen, on paper or by phone.")}</p>
        {scanning ? (
          <Scanner onFound={take} onStop={() => setScanning(false)} />
        ) : (
          <button class="main-button wide" onClick={() => setScanning(true)}>
            <Icon name="camera" /> {t("Сканировать код", "Scan the code")}
          </button>
        )}
        <form
          class="field"
          onSubmit={(event) => {
            event.preventDefault();
            void send(code);
          }}
        >
          <label class="name" for="code">{t("Или введите знаки кода", "Or type the code")}</label>
          <input
            id="code"
            value={code}
            autocapitalize="characters"
            autocomplete="off"
            placeholder="XXXXX-XXXXX"
            onInput={(event) => setCode(event.currentTarget.value)}
          />
          <button class="wide" disabled={busy || codeIn(code).length < 5}>
            {busy ? t("Подключаем…", "Joining…") : t("Подключить", "Join")}
          </button>
        </form>
        {trouble && <Banner tone="bad">{trouble}</Banner>}
      </Card>
    </Page>
  );
}

interface PersonProps {
  db: Database;
  joining: Joining;
  start: typeof begin;
  onDone: (session: Session) => void;
}

function Person({ db, joining, start, onDone }: PersonProps) {
  const { team } = joining.answer.body;
  const [worker, setWorker] = useState(team.workers.length === 1 ? team.workers[0]!.id : "");
  const [pin, setPin] = useState<string | null>(null);
  const [wrong, setWrong] = useState(false);
  const name = team.workers.find((each) => each.id === worker)?.name ?? team.name;
  const chosen = worker || (!team.workers.length && "team");
  const take = async (typed: string) => {
    setWrong(pin !== null && pin !== typed);
    if (pin !== typed) return setPin(pin === null ? typed : null);
    const session = await start(db, worker, name, pin);
    await enter(session.store, joining);
    onDone(session);
  };
  return (
    <Page title={team.name} bare>
      <Card title={t("Кто вы?", "Who are you?")}>
        <OneOf name={t("Специалист", "Worker")} value={worker} options={team.workers.map((each) => ({ value: each.id, label: each.name }))} onChange={setWorker} />
        <p class="hint">{t("Коллег добавите потом: у каждого свой PIN.", "Colleagues come later: each has a PIN of her own.")}</p>
      </Card>
      {chosen && (
        <Card title={pin === null ? t("Придумайте PIN", "Make up a PIN") : t("Повторите PIN", "Repeat the PIN")}>
          <PinPad key={String(pin)} onDone={(typed) => void take(typed)} />
          {wrong && <Banner tone="warn">{t("PIN не совпал. Придумайте ещё раз.", "The PINs differ. Make one up again.")}</Banner>}
          <p class="hint">
            {t(
              `Не меньше ${PIN_LENGTH} цифр; чем длиннее, тем надёжнее. Им зашифрованы данные на планшете. Забудете — офис поможет, записи не пропадут.`,
              `At least ${PIN_LENGTH} digits; the longer the safer. It encrypts this tablet's data. If you forget it the office helps, and no record is lost.`,
            )}
          </p>
        </Card>
      )}
    </Page>
  );
}

/** Another worker's PIN for the same tablet. */
export function NewPin({ session, worker, name, onDone }: { session: Session; worker: string; name: string; onDone: () => void }) {
  const [pin, setPin] = useState<string | null>(null);
  const [wrong, setWrong] = useState(false);
  const take = async (typed: string) => {
    setWrong(pin !== null && pin !== typed);
    if (pin !== typed) return setPin(pin === null ? typed : null);
    await give(session, worker, name, typed);
    onDone();
  };
  return (
    <Card title={`${name}: ${pin === null ? t("новый PIN", "a new PIN") : t("ещё раз", "once more")}`}>
      <PinPad key={String(pin)} onDone={(typed) => void take(typed)} />
      {wrong && <Banner tone="warn">{t("PIN не совпал с первым. Придумайте ещё раз.", "The PINs differ. Make one up again.")}</Banner>}
    </Card>
  );
}
