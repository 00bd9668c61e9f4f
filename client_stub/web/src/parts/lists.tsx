/** Inputs of fields that hold several values: chosen from a list, written one by one, or added to a log. */

import { useState } from "preact/hooks";
import { useApp, useStore } from "../app/context";
import { label, t } from "../app/speech";
import { localDay, localIso, now } from "../work/clock";
import { choices } from "../work/forms";
import { shortName, stampText, valueText, workerName } from "../work/titles";
import { SomeOf } from "./chips";
import { candidates } from "./picker";
import { ValueInput, type InputProps } from "./values";

export function ListInput(props: InputProps) {
  const items = props.info.items!;
  if (props.info.merge === "log") return <Log {...props} />;
  if (items.type === "enum") return <Codes {...props} />;
  if (items.type === "ref" && items.ref === "worker") return <Workers {...props} />;
  return <Rows {...props} />;
}

function Codes({ info, value, title, onChange }: InputProps) {
  const { store } = useApp().session;
  const codes = choices(store.get("schemas")!, info.items!.codes, localDay(now(store)), value ?? []);
  const options = codes.map((code) => ({ value: code.value, label: label(code.label) }));
  return <SomeOf name={title} options={options} value={value ?? []} onChange={onChange} />;
}

function Workers({ value, title, onChange }: InputProps) {
  const store = useStore();
  const known = candidates(store, "worker");
  const team = store.get("team")!.workers.filter((worker) => !known.some((each) => each.value === worker.id));
  const options = [...known, ...team.map((worker) => ({ value: worker.id, label: worker.name }))];
  const named = options.map((each) => ({ value: each.value, label: shortName(each.label) }));
  return <SomeOf name={title} options={named} value={value ?? []} onChange={onChange} />;
}

/** New entries are added; what was written before stays as it is. */
function Log(props: InputProps) {
  const store = useStore();
  const { info, value, before, title, onChange } = props;
  const earlier: any[] = before ?? [];
  const isPlace = info.items!.fields?.["lat"] && info.items!.fields["lon"];
  return (
    <>
      {earlier.slice(-3).map((entry) => (
        <p class="small quiet" key={`${entry.op}${entry.i}`}>
          {stampText(entry.at)} · {shortName(workerName(store, entry.by))}: {valueText(store, info.items, entry.value)}
        </p>
      ))}
      {isPlace ? (
        <Place value={value} onChange={onChange} />
      ) : info.items!.type === "object" ? (
        <Rows {...props} />
      ) : (
        <ValueInput {...props} info={info.items!} title={title} value={value?.[0]} onChange={(text) => onChange([text])} />
      )}
    </>
  );
}

/** The place where the tablet is, if the worker wants it written down. */
function Place({ value, onChange }: { value: any[] | undefined; onChange: (value: any[]) => void }) {
  const [failed, setFailed] = useState(false);
  const locate = () =>
    navigator.geolocation.getCurrentPosition(
      ({ coords, timestamp }) =>
        onChange([{ lat: coords.latitude, lon: coords.longitude, accuracy: Math.round(coords.accuracy), at: localIso(timestamp) }]),
      () => setFailed(true),
      { enableHighAccuracy: true, timeout: 20_000 },
    );
  const place = value?.[0];
  if (!place) {
    return (
      <>
        <button type="button" onClick={locate}>{t("Записать место", "Write down the place")}</button>
        {failed && <p class="doubt">{t("Место не определилось: нет разрешения или спутников. Посещение запишется и без него.", "The place was not found: no permission, or no satellites. The visit is written without it.")}</p>}
      </>
    );
  }
  return (
    <div class="row">
      <span class="grow">
        {place.lat.toFixed(5)}, {place.lon.toFixed(5)} ± {place.accuracy} {t("м", "m")}
      </span>
      <button type="button" onClick={() => onChange([])}>
        {t("Убрать", "Remove")}
      </button>
    </div>
  );
}

/** Values one under another: phones, former names, periods. */
function Rows({ type, name, info, value, onChange }: InputProps) {
  const items = info.items!;
  const rows: any[] = value?.length ? value : [];
  const put = (at: number, each: any) => onChange(rows.map((row, i) => (i === at ? each : row)));
  const blank = items.type === "object" ? {} : "";
  return (
    <>
      {rows.map((row, at) => (
        <div class="row" key={at}>
          <div class="grow field">
            {items.type === "object" ? (
              Object.entries(items.fields ?? {}).map(([part, inner]) => (
                <div class="field" key={part}>
                  <span class="small quiet">{label(inner.label, part)}</span>
                  <ValueInput
                    type={type}
                    name={`${name}.${part}`}
                    info={inner}
                    title={label(inner.label, part)}
                    value={row[part]}
                    before={null}
                    onChange={(each) => put(at, { ...row, [part]: each })}
                  />
                </div>
              ))
            ) : (
              <ValueInput type={type} name={name} info={items} title={label(info.label, name)} value={row} before={null} onChange={(each) => put(at, each)} />
            )}
          </div>
          <button type="button" class="bare" aria-label={t("Убрать", "Remove")} onClick={() => onChange(rows.filter((_, i) => i !== at))}>
            ✕
          </button>
        </div>
      ))}
      <button type="button" onClick={() => onChange([...rows, blank])}>
        + {t("Добавить", "Add")}
      </button>
    </>
  );
}
