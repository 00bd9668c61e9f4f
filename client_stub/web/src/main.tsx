/** The app starts here: one tab, the service worker, the first screen. */

import { render } from "preact";
import { registerSW } from "virtual:pwa-register";
import { Root } from "./app/root";
import { holdAlone } from "./app/session";
import { speak, type Lang } from "./app/speech";
import { Elsewhere } from "./screens/elsewhere";
import { Database } from "./store/db";
import "./style/base.css";
import "./style/parts.css";
import "./style/frame.css";

// A new version waits until every screen of the old one is closed: a form in hand is never torn away.
registerSW({ immediate: true });

async function start(): Promise<void> {
  const place = document.getElementById("app")!;
  if (!(await holdAlone())) return render(<Elsewhere />, place);
  const db = new Database();
  speak((await db.said<Lang>("lang")) ?? "ru");
  const theme = await db.said<string>("theme");
  if (theme) document.documentElement.dataset["theme"] = theme;
  render(<Root db={db} />, place);
}

void start();
