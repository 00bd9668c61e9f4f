/** The app starts here: one tab, the service worker, the first screen. */

import { render } from "preact";
import { Root } from "./app/root";
import { holdAlone } from "./app/session";
import { speak, type Lang } from "./app/speech";
import { watchForUpdates } from "./app/update";
import { Elsewhere } from "./screens/elsewhere";
import { Database } from "./store/db";
import "./style/base.css";
import "./style/parts.css";
import "./style/frame.css";

watchForUpdates();

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
