/** A form that is kept at every keystroke, and what becomes of it when it is saved. */

import { useMemo, useReducer } from "preact/hooks";
import { useApp } from "../app/context";
import type { Session } from "../app/session";
import { check } from "../protocol/checks";
import { newId } from "../protocol/ids";
import type { Fields, Op, TypeInfo } from "../protocol/types";
import type { Draft } from "../store/drafts";
import { localDay, now } from "../work/clock";
import { takeBack, type Edit } from "../work/edits";
import { changeOf, divide } from "../work/forms";
import { look, type View } from "../work/view";
import type { Store } from "../store/store";

export interface Form {
  draft: Draft;
  values: Fields;
  before: Fields;
  put: (name: string, value: any) => void;
  /** Keeps the form as it stands: something else on the disk belongs to it. */
  keep: () => void;
  drop: () => Promise<void>;
}

/**
 * The form of a record: of the one with `id`, or of a new one that begins with `preset`. `key` names the draft: a form
 * that was left half written is there again under its key, and is opened at `place`; one that was only looked at is not kept.
 */
export function useForm(key: string, type: string, id: string | null, place: string, preset: () => Fields): Form {
  const { session } = useApp();
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const first = useMemo(() => leftOf(session, key) ?? begin(session.store, key, type, id, place, preset()), [key]);
  const draft = session.drafts.get(key) ?? first;
  const save = (next: Partial<Draft>) => {
    session.drafts.save({ ...(session.drafts.get(key) ?? first), ...next, at: Date.now() });
    redraw(0);
  };
  return {
    draft,
    values: draft.values,
    before: draft.before,
    put: (name, value) => save({ values: { ...(session.drafts.get(key) ?? first).values, [name]: value } }),
    keep: () => save({}),
    drop: () => session.drafts.drop(key),
  };
}

/** The draft of a form, unless what it was to become is written: the app was killed before the draft was dropped. */
export function leftOf({ store, drafts }: Pick<Session, "store" | "drafts">, key: string): Draft | undefined {
  const draft = drafts.get(key);
  if (!draft || draft.opened || !look(store, draft.id)) return draft;
  void drafts.drop(key);
  return undefined;
}

function begin(store: Store, key: string, type: string, id: string | null, place: string, preset: Fields): Draft {
  const view = id ? look(store, id) : undefined;
  const logs = new Set(Object.entries(store.get("schemas")!.types[type]?.fields ?? {}).filter(([, field]) => field.merge === "log").map(([name]) => name));
  const shown = Object.fromEntries(Object.entries(view?.fields ?? {}).filter(([name]) => !logs.has(name)));
  return {
    key, type, id: id ?? newId(), place, at: Date.now(),
    before: view?.fields ?? {},
    values: { ...shown, ...preset },
    opened: view ? opened(view) : null,
  };
}

export function opened({ rev, epoch, disputed }: View): NonNullable<Draft["opened"]> {
  return { rev, epoch, disputed };
}

/** Takes back what a form has written, if it was not sent yet, and has the form again as it stood. */
export async function reopen(session: Session, form: Form, ops: Op[]): Promise<boolean> {
  const done = await takeBack(session.store, ops.map((op) => op.op));
  if (done) session.drafts.save(form.draft);
  return done;
}

/**
 * The edits that a form has become. A value that the server would refuse goes into an op of its own, so that it cannot
 * hold up what stands beside it.
 */
export function editsOf(store: Store, draft: Draft, info: TypeInfo, feed?: string): Edit[] {
  const today = localDay(now(store));
  const doubtful = (name: string) => {
    const field = info.fields[name];
    return !!field && !field.soft && field.merge !== "log" && check(field, draft.values[name], today) !== null;
  };
  const parts = divide(changeOf(info, draft.before, draft.values), doubtful);
  return parts.map((change) => ({ type: draft.type, id: draft.id, change, opened: draft.opened ?? undefined, feed }));
}
