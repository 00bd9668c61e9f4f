/** Locked, joining or open: what stands before the screens, and when an open tablet locks itself. */

import { useEffect, useMemo, useState } from "preact/hooks";
import { Enrol } from "../screens/enrol";
import { Forgotten } from "../screens/forgotten";
import { Lock } from "../screens/lock";
import { Screens } from "../screens/screens";
import { Banner, Page } from "../parts/page";
import type { Database } from "../store/db";
import { erase } from "../store/store";
import type { Sealed } from "../work/sealedcopy";
import { waitingSealed } from "../work/sealedphotos";
import { AppContext, go, type App } from "./context";
import { keepCopying } from "./copying";
import { Homecoming } from "./homecoming";
import { holders, type Holder, type Session } from "./session";
import { speak, t, type Lang } from "./speech";

const IDLE_MS = 15 * 60_000;

type Face =
  | { is: "starting" }
  | { is: "new" }
  | { is: "locked"; holders: Holder[]; waiting: Sealed }
  | { is: "forgotten" }
  | { is: "open"; session: Session }
  | { is: "erased"; ordered: boolean };

export function Root({ db }: { db: Database }) {
  const [face, setFace] = useState<Face>({ is: "starting" });
  const look = async () => {
    const known = await holders(db);
    if (!known.length) return setFace({ is: "new" });
    const waiting = { ops: await db.outbox.count(), photos: (await waitingSealed(db)).length };
    setFace({ is: "locked", holders: known, waiting });
  };
  useEffect(() => void look(), []);
  const open = (session: Session, first: boolean) => {
    setFace({ is: "open", session });
    if (first) go("ready");
  };
  switch (face.is) {
    case "starting":
      return null;
    case "new":
      return <Enrol db={db} onDone={(session) => open(session, true)} />;
    case "locked":
      return <Lock db={db} {...face} onOpen={(session) => open(session, false)} onForgotten={() => setFace({ is: "forgotten" })} />;
    case "forgotten":
      return <Forgotten db={db} onBack={() => void look()} onDone={(session) => open(session, true)} />;
    case "erased":
      return <Erased ordered={face.ordered} />;
    case "open":
      return <Open db={db} session={face.session} onLock={() => void look()} onErased={(ordered) => setFace({ is: "erased", ordered })} />;
  }
}

interface OpenProps {
  db: Database;
  session: Session;
  onLock: () => void;
  onErased: (ordered: boolean) => void;
}

function Open({ db, session, onLock, onErased }: OpenProps) {
  const [, setLangShown] = useState<Lang | null>(null);
  const app = useMemo<App>(() => {
    const wipe = async (ordered: boolean) => {
      await erase(db);
      onErased(ordered);
    };
    const homecoming = new Homecoming(session.store, wipe);
    return {
      session,
      homecoming,
      lock: () => {
        homecoming.close();
        onLock();
      },
      setLang: (lang) => {
        speak(lang);
        void db.say("lang", lang);
        setLangShown(lang);
      },
    };
  }, [session]);
  useEffect(() => goOn(db, app), [app]);
  useEffect(() => lockWhenIdle(app), [app]);
  useEffect(() => keepCopying(session.store), [session]);
  return (
    <AppContext.Provider value={app}>
      <Screens />
    </AppContext.Provider>
  );
}

/** What was begun before the app was killed goes on. */
function goOn(db: Database, app: App): void {
  void db.said("homecoming").then((wanted) => wanted && app.homecoming.start());
}

function lockWhenIdle(app: App): () => void {
  let last = Date.now();
  const touch = () => (last = Date.now());
  const busy = () => ["running", "waiting"].includes(app.homecoming.state.now);
  const timer = setInterval(() => {
    if (Date.now() - last > IDLE_MS && !busy()) app.lock();
  }, 10_000);
  const signs = ["pointerdown", "keydown"] as const;
  signs.forEach((sign) => addEventListener(sign, touch));
  return () => {
    clearInterval(timer);
    signs.forEach((sign) => removeEventListener(sign, touch));
  };
}

/** `ordered`: at once, sent or not. */
function Erased({ ordered }: { ordered: boolean }) {
  return (
    <Page title={t("Планшет пуст", "The tablet is empty")} bare>
      <Banner tone="warn">
        {ordered && t("Администратор велел стереть данные этого планшета. Они стёрты. Позвоните в офис.", "The administrator ordered this tablet's data erased. They are. Call the office.")}
        {!ordered && t(
          "Доступ этого планшета отозван. Всё записанное передано в офис, данные с планшета стёрты. Позвоните в офис.",
          "This tablet's access was revoked. All that was written has gone to the office and is erased here. Call the office.",
        )}
      </Banner>
    </Page>
  );
}
