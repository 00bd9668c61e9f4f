/** The form of any record type, made from `GET /schemas` alone: groups, then fields in their order. */

import type { TypeInfo } from "../protocol/types";
import { useApp } from "../app/context";
import { label, t } from "../app/speech";
import { groupsOf, lacking } from "../work/forms";
import { fieldLabel } from "../work/titles";
import type { Form } from "./draft";
import { Field, Shown } from "./field";
import { Card } from "./page";

interface Props {
  type: string;
  info: TypeInfo;
  form: Form;
  /** Fields that are settled by where the form was opened from: shown, not asked. */
  fixed?: string[];
  hidden?: string[];
  errors?: Record<string, string[]>;
}

export function RecordForm({ type, info, form, fixed = [], hidden = [], errors = {} }: Props) {
  const titles = new Map(info.groups.map((group) => [group.key, label(group.label)]));
  return (
    <>
      {groupsOf(info).map((group, at) => {
        const fields = group.fields.filter(([name]) => !hidden.includes(name)).map(([name, field]) =>
          fixed.includes(name) ? (
            <Shown key={name} info={field} name={name} value={form.values[name]} />
          ) : (
            <Field
              key={name}
              type={type}
              name={name}
              info={field}
              value={form.values[name]}
              before={form.before[name]}
              errors={errors[name]}
              onChange={(value) => form.put(name, value)}
            />
          ),
        );
        if (at === 0) return <Card key={group.key} title={titles.get(group.key)}>{fields}</Card>;
        const wrong = group.fields.some(([name]) => errors[name]);
        return (
          <details class="card" key={group.key} open={wrong || group.fields.some(([, field]) => field.required)}>
            <summary>{titles.get(group.key) ?? t("Ещё", "More")}</summary>
            {fields}
          </details>
        );
      })}
      <Lacking type={type} info={info} form={form} />
    </>
  );
}

/** What is still missing: said, and in nobody's way. */
function Lacking({ type, info, form }: Props) {
  const { store } = useApp().session;
  const names = lacking(info, { ...form.before, ...form.values });
  if (!names.length) return null;
  const told = names.map((name) => fieldLabel(store, type, name)).join(", ");
  return <p class="doubt">{t(`Ещё не заполнено: ${told}. Записать можно и так.`, `Not filled in yet: ${told}. It can be written down all the same.`)}</p>;
}
