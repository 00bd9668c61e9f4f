/** Which records belong to one, whatever types there are: told by the types' own references. */

import type { Store } from "../store/store";
import { every, type View } from "./view";

export interface Children {
  type: string;
  /** Whether a person makes them by a form; what is made of files is not. */
  made: boolean;
  records: View[];
}

/** The types that tablets write and that name a record of `type`, each with those that name `id`. */
export function childrenOf(store: Store, type: string, id: string): Children[] {
  const types = Object.entries(store.get("schemas")!.types).filter(([name, info]) => info.writer === "tablet" && name !== type);
  return types.flatMap(([name, { fields }]) => {
    const link = Object.entries(fields).find(([, field]) => field.type === "ref" && field.ref === type && field.writer !== "office")?.[0];
    if (!link) return [];
    const records = every(store, name).filter((each) => each.fields[link] === id);
    return [{ type: name, made: !("sha256" in fields), records }];
  });
}

/** Whether a record can be signed here: its type has a signature, and it bears none that stands. */
export function canBeSigned(store: Store, view: View): boolean {
  const fields = store.get("schemas")!.types[view.type]?.fields ?? {};
  const returned = view.fields["review_state"] === "returned";
  return "signed_at" in fields && (!view.fields["signed_at"] || returned);
}
