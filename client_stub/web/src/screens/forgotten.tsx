/**
 * A forgotten PIN: the office gives a new code. What was written is sealed beside the locked store, so it is handed in
 * from the new one; what the server has comes back with the next pull.
 */

import { useEffect, useState } from "preact/hooks";
import { keepAwake } from "../app/awake";
import type { Session } from "../app/session";
import { both, count, lang, t } from "../app/speech";
import { tell } from "../app/troubles";
import { Banner, Card, Page } from "../parts/page";
import type { Database } from "../store/db";
import { carry } from "../protocol/tus";
import { Trouble } from "../protocol/trouble";
import { pushSealed, type Sealed } from "../work/sealedcopy";
import { unsealed } from "../work/sealedphotos";
import { Enrol } from "./enrol";

const TRIES = 5;
const PAUSE_MS = 3000;

interface Props {
  db: Database;
  onBack: () => void;
  onDone: (session: Session) => void;
}

export function Forgotten({ db, onBack, onDone }: Props) {
  const [joining, setJoining] = useState(false);
  const [photos, setPhotos] = useState(0);
  useEffect(() => void unsealed(db).then(setPhotos), []);
  if (joining) return <Enrol db={db} renewing onDone={onDone} />;
  return (
    <Page title={t("Забыли PIN", "A forgotten PIN")} bare back={onBack}>
      <Card>
        <p>
          {t(
            "Позвоните в офис и попросите новый код для этого планшета. Всё, что вы записали и сняли, запечатано для сервера и не пропадёт. Недописанные черновики прочесть будет нельзя.",
            "Call the office and ask for a new code for this tablet. All you wrote and photographed is sealed for the server and is not lost. Drafts that were not finished cannot be read any more.",
          )}
        </p>
        {photos > 0 && (
          <Banner tone="warn">
            {t(
              `Пропадут фото черновиков: ${count(photos, "photo")}. Если PIN есть у коллеги, откройте планшет с ней: фото останутся.`,
              `Photos of drafts will be lost: ${count(photos, "photo")}. If a colleague has a PIN, open the tablet with her: the photos stay.`,
            )}
          </Banner>
        )}
        <button class="main-button" onClick={() => setJoining(true)}>
          {t("У меня есть новый код", "I have a new code")}
        </button>
      </Card>
      <SealedHome db={db} />
    </Page>
  );
}

/** Handing in without a PIN: also for a tablet that somebody found, or whose lease has ended. */
export function SealedHome({ db }: { db: Database }) {
  const [said, setSaid] = useState("");
  const [busy, setBusy] = useState(false);
  const push = async () => {
    setBusy(true);
    const sleep = keepAwake();
    setSaid(await pushThrough(db, setSaid).then(outcome, tell));
    sleep();
    setBusy(false);
  };
  return (
    <Card title={t("Передать записанное без PIN", "Hand in without a PIN")}>
      <p>{t("Записи и фото уйдут запечатанными: ни планшет, ни тот, кто его держит, их не прочтёт.", "Records and photos go sealed: neither the tablet nor who holds it can read them.")}</p>
      <button disabled={busy} onClick={() => void push()}>
        {busy ? t("Передаём…", "Handing in…") : t("Передать", "Hand in")}
      </button>
      {said && <Banner>{said}</Banner>}
    </Card>
  );
}

/** Goes on by itself after a cut. `say`: told how far it is, and of each cut. Throws Trouble when it does not get better. */
async function pushThrough(db: Database, say: (text: string) => void): Promise<Sealed & { refused: number }> {
  let [earlier, now] = [0, 0]; // photos: those that went before a cut do not go again
  const going = ({ ops, photos }: Sealed) => {
    now = photos;
    const sent = both({ ops, photos: earlier + photos });
    say(t(`Передано: ${sent}`, `Handed in: ${sent}`));
  };
  for (let tries = 1; ; tries += 1) {
    try {
      const sent = await pushSealed(db, lang(), carry, going);
      return { ...sent, photos: earlier + sent.photos };
    } catch (error) {
      [earlier, now] = [earlier + now, 0];
      if (!(error instanceof Trouble && error.passing) || tries === TRIES) throw error;
      say(`${tell(error)} ${t("Сейчас повторим сами.", "We try again in a moment.")}`);
      await new Promise((over) => setTimeout(over, PAUSE_MS));
    }
  }
}

function outcome(sent: Sealed & { refused: number }): string {
  const left = sent.refused ? ` ${t(`Сервер не принял: ${count(sent.refused, "photo")}. Они остались на планшете; позвоните в офис.`, `The server did not take ${count(sent.refused, "photo")}. They stay on the tablet; call the office.`)}` : "";
  if (!sent.ops && !sent.photos) return left.trim() || t("Передавать нечего.", "Nothing to hand in.");
  return t(`На сервере: ${both(sent)}. Итог покажем после PIN.`, `On the server: ${both(sent)}. The outcome is shown after the PIN.`) + left;
}
