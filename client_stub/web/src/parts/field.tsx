/** One field of a form, drawn from what `GET /schemas` says of it and from nothing else. */

import { useId } from "preact/hooks";
import { useApp } from "../app/context";
import { doubt } from "../app/doubts";
import { label, t } from "../app/speech";
import { check } from "../protocol/checks";
import type { FieldInfo } from "../protocol/types";
import { localDay, now } from "../work/clock";
import { valueText } from "../work/titles";
import { ListInput } from "./lists";
import { ValueInput } from "./values";

export interface FieldProps {
  type: string;
  name: string;
  info: FieldInfo;
  value: any;
  /** What the record holds: for the legal steps of a state, and the earlier entries of a log. */
  before: any;
  errors?: string[];
  onChange: (value: any) => void;
}

const GROUPED = new Set(["list", "enum", "boolean", "object", "ref"]);

export function Field(props: FieldProps) {
  const { info, name, value, errors = [] } = props;
  const id = useId();
  const { session } = useApp();
  const code = errors.length ? null : check(info, info.merge === "log" ? null : value, localDay(now(session.store)));
  const title = label(info.label, name) + (info.required ? " *" : "");
  const grouped = GROUPED.has(info.type);
  const Box = grouped ? "fieldset" : "div";
  return (
    <Box class="field" data-field={name}>
      {grouped ? <legend class="legend">{title}</legend> : <label class="name" for={id}>{title}</label>}
      {info.hint && <p class="hint">{label(info.hint)}</p>}
      {info.type === "list" ? <ListInput {...props} title={title} /> : <ValueInput {...props} id={id} title={title} />}
      {code && <p class="doubt">{t("Проверьте. ", "Please check. ") + doubt(code)}</p>}
      {errors.map((each) => (
        <p class="doubt" key={each}>
          {each}
        </p>
      ))}
    </Box>
  );
}

/** A value that cannot be changed here, as text. */
export function Shown({ info, name, value }: { info: FieldInfo; name: string; value: any }) {
  const { session } = useApp();
  return (
    <div class="field">
      <span class="name">{label(info.label, name)}</span>
      <span>{valueText(session.store, info, value)}</span>
    </div>
  );
}
