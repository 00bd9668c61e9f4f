/** Inputs of single values, by type. */

import { useState } from "preact/hooks";
import { useApp } from "../app/context";
import { label, t } from "../app/speech";
import { localDay, localIso, now } from "../work/clock";
import { choices, numberIn } from "../work/forms";
import { OneOf } from "./chips";
import type { FieldProps } from "./field";
import { Picker } from "./picker";

export type InputProps = Omit<FieldProps, "errors"> & { id?: string; title: string };

export function ValueInput(props: InputProps) {
  switch (props.info.type) {
    case "enum":
      return <Choice {...props} />;
    case "boolean":
      return <YesNo {...props} />;
    case "ref":
      return <Picker {...props} />;
    case "date":
      return <Typed {...props} kind="date" />;
    case "datetime":
      return <Moment {...props} />;
    case "partial_date":
      return <PartialDate {...props} />;
    case "integer":
    case "number":
      return <NumberInput {...props} />;
    case "text":
      return <LongText {...props} />;
    default:
      return <Typed {...props} kind={props.info.check === "phone" ? "tel" : "text"} />;
  }
}

function Choice({ info, value, before, title, onChange }: InputProps) {
  const { store } = useApp().session;
  const codes = choices(store.get("schemas")!, info.codes, localDay(now(store)), [value, before]);
  const legal = info.transitions?.find((step) => step.from === (before ?? null))?.to;
  const open = codes.filter((code) => !legal || code.value === before || legal.includes(code.value));
  const options = open.map((code) => ({ value: code.value, label: label(code.label) }));
  return <OneOf name={title} options={options} value={value} optional={!info.required && !legal} onChange={onChange} />;
}

function YesNo({ value, title, onChange }: InputProps) {
  const options = [
    { value: true, label: t("Да", "Yes") },
    { value: false, label: t("Нет", "No") },
  ];
  return <OneOf name={title} options={options} value={value} optional onChange={onChange} />;
}

const MODES: Record<string, "numeric" | undefined> = { snils: "numeric", passport: "numeric", enp: "numeric", oktmo: "numeric" };

function Typed({ id, info, value, kind, title, onChange }: InputProps & { kind: "date" | "tel" | "text" }) {
  return (
    <input
      id={id}
      type={kind as "text"}
      aria-label={id ? undefined : title}
      value={value ?? ""}
      inputMode={MODES[info.check ?? ""]}
      autocomplete="off"
      onInput={(event) => onChange(event.currentTarget.value)}
    />
  );
}

function LongText({ id, value, title, onChange }: InputProps) {
  return (
    <textarea id={id} aria-label={id ? undefined : title} value={value ?? ""} onInput={(event) => onChange(event.currentTarget.value)} />
  );
}

/** What is no number, or none that JSON can say exactly, stays as it was typed: the check beside the field says so. */
function NumberInput({ id, info, value, title, onChange }: InputProps) {
  const read = (text: string) => {
    onChange(numberIn(text));
  };
  const [text, setText] = useState(value === null || value === undefined ? "" : String(value));
  return (
    <input
      id={id}
      aria-label={id ? undefined : title}
      inputMode={info.type === "integer" ? "numeric" : "decimal"}
      value={text}
      onInput={(event) => {
        setText(event.currentTarget.value);
        read(event.currentTarget.value);
      }}
    />
  );
}

function Moment({ id, value, title, onChange }: InputProps) {
  const shown = value ? localIso(Date.parse(value)).slice(0, 16) : "";
  const read = (text: string) => onChange(text ? localIso(new Date(text).getTime()) : null);
  return (
    <input id={id} aria-label={id ? undefined : title} type="datetime-local" value={shown} onInput={(event) => read(event.currentTarget.value)} />
  );
}

/** 03.05.2014, 05.2014 or 2014. */
function PartialDate({ id, value, title, onChange }: InputProps) {
  const [text, setText] = useState(String(value ?? "").split("-").reverse().join("."));
  const read = (typed: string) => {
    const parts = /^(?:(?:(\d{1,2})\.)?(\d{1,2})\.)?(\d{4})$/.exec(typed.trim());
    const two = (part: string | undefined) => (part ? [part.padStart(2, "0")] : []);
    onChange(parts ? [parts[3], ...two(parts[2]), ...two(parts[1])].join("-") : typed || null);
  };
  return (
    <input
      id={id}
      aria-label={id ? undefined : title}
      value={text}
      placeholder={t("дд.мм.гггг или гггг", "dd.mm.yyyy or yyyy")}
      autocomplete="off"
      onInput={(event) => {
        setText(event.currentTarget.value);
        read(event.currentTarget.value);
      }}
    />
  );
}
