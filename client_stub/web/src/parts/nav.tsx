/** The four places of the app, with how many edits wait. */

import { useRoute, useStore } from "../app/context";
import { t } from "../app/speech";
import { toMend } from "../work/mending";
import { Icon } from "./icon";

export function Nav() {
  const store = useStore();
  const [at] = useRoute();
  const places = [
    { to: "", icon: "route", name: t("Маршрут", "Route"), also: ["trip"] },
    { to: "families", icon: "families", name: t("Семьи", "Families"), also: ["family", "visit", "person"] },
    { to: "home", icon: "home", name: t("Сдать", "Hand in"), also: ["mend"], badge: store.outbox.size + toMend(store).length },
    { to: "more", icon: "more", name: t("Ещё", "More"), also: ["ready", "workers", "copy", "records", "record"] },
  ] as const;
  return (
    <nav class="nav" aria-label={t("Разделы", "Sections")}>
      {places.map((place) => (
        <a
          key={place.to}
          href={`#/${place.to}`}
          aria-current={at === place.to || (place.also as readonly string[]).includes(at ?? "") ? "page" : undefined}
        >
          <Icon name={place.icon} />
          {place.name}
          {"badge" in place && place.badge > 0 && <span class="badge figures">{place.badge}</span>}
        </a>
      ))}
    </nav>
  );
}
