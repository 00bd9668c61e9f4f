/**
 * A forgotten PIN: the office gives a new code. What was written is sealed beside the locked store, so it is handed in
 * from the new one; what the server has comes back with the next pull.
 */

import { useEffect, useState } from "preact/hooks";
import { begin, type Session } from "../app/session";
import { count, lang, t } from "../app/speech";
import { tell } from "../app/troubles";
import { Banner, Card, Page } from "../parts/page";
import type { Database } from "../store/db";
import { passOn, pushSealed } from "../work/sealedcopy";
import { Enrol } from "./enrol";

interface Props {
  db: Database;
  onBack: () => void;
  onDone: (session: Session) => void;
}

export function Forgotten({ db, onBack, onDone }: Props) {
  const [joining, setJoining] = useState(false);
  const [photos, setPhotos] = useState(0);
  useEffect(() => void db.photos.filter((each) => !each.handedIn).count().then(setPhotos), []);
  if (joining) return <Enrol db={db} renewing onDone={onDone} />;
  return (
    <Page title={t("Забыли PIN", "A forgotten PIN")} bare back={onBack}>
      <Card>
        <p>
          {t(
            "Позвоните в офис и попросите новый код для этого планшета. Всё, что вы записали, запечатано для сервера и не пропадёт. Недописанные черновики прочесть будет нельзя.",
            "Call the office and ask for a new code for this tablet. All you wrote is sealed for the server and is not lost. Drafts that were not finished cannot be read any more.",
          )}
        </p>
        {photos > 0 && (
          <Banner tone="warn">
            {t(
              `На планшете ${count(photos, "photo")}, которых нет на сервере: новый код их сотрёт. Если PIN есть у коллеги, откройте планшет с ней и сначала сдайте фото.`,
              `The tablet holds ${count(photos, "photo")} that the server has not: a new code erases them. If a colleague has a PIN, open the tablet with her and hand in the photos first.`,
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
    const result = await pushSealed(db, lang(), (sent) => setSaid(t(`Передано: ${count(sent, "edit")}`, `Handed in: ${count(sent, "edit")}`))).catch(tell);
    if (typeof result === "string") setSaid(result);
    else if (!result) setSaid(t("Передавать нечего.", "Nothing to hand in."));
    else setSaid(t(`На сервере: ${count(result, "edit")}. Итог покажем после PIN.`, `On the server: ${count(result, "edit")}. The outcome is shown after the PIN.`));
    setBusy(false);
  };
  return (
    <Card title={t("Передать записанное без PIN", "Hand in without a PIN")}>
      <p>{t("Записи уйдут запечатанными: ни планшет, ни тот, кто его держит, их не прочтёт.", "What was written goes sealed: neither the tablet nor who holds it can read it.")}</p>
      <button disabled={busy} onClick={() => void push()}>
        {t("Передать", "Hand in")}
      </button>
      {said && <Banner>{said}</Banner>}
    </Card>
  );
}

/** A fresh store in the place of one whose key is lost; its sealed rows pass over in one transaction. */
export async function renew(db: Database, worker: string, name: string, pin: string): Promise<Session> {
  const { formers, rows } = await passOn(db);
  await db.transaction("rw", db.pages, db.drafts, db.outbox, db.photos, async () => {
    await db.pages.clear();
    await db.drafts.clear();
    await db.photos.clear();
    await db.outbox.bulkPut(rows);
  });
  const session = await begin(db, worker, name, pin);
  const used = [...session.store.outbox.values(), ...session.store.kept.values()].map((row) => row.seq);
  await session.store.write((tx) => {
    for (const former of formers) tx.put("formers", former.device, former);
    tx.set({ seq: Math.max(0, ...used) });
  });
  return session;
}
