/** Расхождения of a record in plain words: what was written, by whom, and who decides. */

import { useStore } from "../app/context";
import { phone, t } from "../app/speech";
import { Banner } from "../parts/page";
import { fieldLabel, shortName, stampText, valueText, workerName } from "../work/titles";
import type { View } from "../work/view";

export function Disputes({ view }: { view: View }) {
  const store = useStore();
  const info = store.get("schemas")!.types[view.type]!;
  return (
    <>
      {Object.entries(view.disputed).map(([name, candidates]) => (
        <Banner tone="warn" key={name}>
          <p class="strong">{t("Расхождение", "In dispute")}: {fieldLabel(store, view.type, name)}</p>
          <p>{t("Двое записали по-разному, не зная друг о друге. Показано последнее; решает администратор.", "Two people wrote differently without knowing of each other. The latest is shown; the administrator decides.")}</p>
          <ul class="said">
            {candidates.map((each) => (
              <li class="row" key={each.op}>
                <span>
                  «{valueText(store, info.fields[name], each.value)}» — {shortName(workerName(store, each.by))}, {stampText(each.at)}
                </span>
                <Call worker={each.by} />
              </li>
            ))}
          </ul>
        </Banner>
      ))}
    </>
  );
}

function Call({ worker }: { worker: string | null }) {
  const store = useStore();
  const number = worker && store.tables.records.get(worker)?.fields["phone"];
  return number ? <a class="button" href={`tel:${number}`}>☎ {phone(number)}</a> : null;
}
