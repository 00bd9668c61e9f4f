/** The end of a form: write it down, or leave it. */

import { goBack, useApp } from "../app/context";
import { t } from "../app/speech";
import { write, type Edit } from "../work/edits";
import { reopen, type Form } from "./draft";
import { useSaving } from "./saving";
import { toast } from "./toast";

export function Save({ form, edits, onSaved }: { form: Form; edits: () => Edit[]; onSaved: () => void }) {
  const { session } = useApp();
  const { save, trouble } = useSaving(async () => {
    const ops = await write(session.store, edits(), session.worker);
    await form.drop();
    if (ops.length) toast(t("Записано", "Written down"), () => reopen(session, form, ops));
    onSaved();
  });
  return (
    <>
      {trouble}
      <div class="foot row">
        <button class="main-button grow" onClick={save}>
          {t("Записать", "Write down")}
        </button>
        <button class="danger" onClick={() => void form.drop().then(goBack)}>
          {t("Не писать", "Discard")}
        </button>
      </div>
    </>
  );
}
