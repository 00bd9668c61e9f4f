/** Typing a PIN: keys for a thumb, and the keyboard for who has one. */

import { useEffect, useState } from "preact/hooks";
import { PIN_LENGTH } from "../app/session";
import { t } from "../app/speech";

export function PinPad({ onDone, disabled }: { onDone: (pin: string) => void; disabled?: boolean }) {
  const [pin, setPin] = useState("");
  const press = (digit: string) => setPin((before) => (before + digit).slice(0, 32));
  const finish = () => {
    if (pin.length < PIN_LENGTH || disabled) return;
    setPin("");
    onDone(pin);
  };
  useEffect(() => {
    const type = (event: KeyboardEvent) => {
      if (event.target instanceof HTMLInputElement) return;
      if (/^\d$/.test(event.key)) press(event.key);
      if (event.key === "Backspace") setPin((before) => before.slice(0, -1));
      if (event.key === "Enter" && !(event.target instanceof HTMLButtonElement)) finish();
    };
    addEventListener("keydown", type);
    return () => removeEventListener("keydown", type);
  });
  return (
    <div class="field">
      <div class="dots" role="status" aria-label={t(`Введено цифр: ${pin.length}`, `Digits typed: ${pin.length}`)}>
        {Array.from({ length: Math.max(PIN_LENGTH, pin.length) }, (_, i) => (
          <i key={i} class={i < pin.length ? "full" : ""} />
        ))}
      </div>
      <div class="pins">
        {["1", "2", "3", "4", "5", "6", "7", "8", "9"].map((digit) => (
          <button type="button" key={digit} onClick={() => press(digit)}>
            {digit}
          </button>
        ))}
        <button type="button" aria-label={t("Стереть", "Erase")} onClick={() => setPin((before) => before.slice(0, -1))}>
          ⌫
        </button>
        <button type="button" onClick={() => press("0")}>
          0
        </button>
        <button type="button" class="main-button" disabled={pin.length < PIN_LENGTH || disabled} onClick={finish}>
          OK
        </button>
      </div>
    </div>
  );
}
