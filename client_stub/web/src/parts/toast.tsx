/** A word after something was saved, with the way to take it back. */

import { useEffect, useState } from "preact/hooks";
import { t } from "../app/speech";

interface Said {
  text: string;
  at: number;
  undo?: () => Promise<boolean>;
}

const STAYS = 12_000; // milliseconds: long enough for a finger in a glove
const MOMENT = 1000; // the form that was saved closes within it; whoever goes on later has read the word
let tell: (said: Said | null) => void = () => {};

export function toast(text: string, undo?: () => Promise<boolean>): void {
  tell({ text, undo, at: Date.now() });
}

export function Toast() {
  const [said, setSaid] = useState<Said | null>(null);
  tell = setSaid;
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => setSaid(null), STAYS);
    return () => clearTimeout(timer);
  }, [said]);
  useEffect(() => {
    const leave = () => setSaid((last) => (last && Date.now() - last.at > MOMENT ? null : last));
    addEventListener("hashchange", leave);
    return () => removeEventListener("hashchange", leave);
  }, []);
  if (!said) return null;
  const undo = async () => {
    const done = await said.undo!();
    toast(done ? t("Отменено", "Undone") : t("Уже отправлено: исправьте запись", "Already sent: correct the record"));
  };
  return (
    <div class="toast" role="status">
      <span class="grow">{said.text}</span>
      {said.undo && <button onClick={() => void undo()}>{t("Отменить", "Undo")}</button>}
    </div>
  );
}
