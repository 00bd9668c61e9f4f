/** When a family was last met: the day of the latest visit that took place, kept on the family's own record. */

import { check } from "../protocol/checks";
import type { Fields, Schemas } from "../protocol/types";
import type { Edit } from "./edits";
import type { Family } from "./families";

/**
 * What a visit with these values tells of the family's last contact, the latest of which stands. It claims to have seen
 * nothing: a form of the family that was opened earlier, and is written down later, would have to claim the same.
 * `today`: ISO, the latest day that can be told.
 */
export function contactOf(family: Family, visit: Fields, schemas: Schemas, today: string): Edit[] {
  const info = schemas.types["family"]?.fields["last_contact"];
  const day = String(visit["started_at"] ?? "").slice(0, 10);
  const known = family.view.fields["last_contact"] ?? "";
  if (!info || visit["result"] !== "held" || day <= known || day > today || check(info, day, today)) return [];
  return [{ type: "family", id: family.view.id, change: { set: { last_contact: day } } }];
}
