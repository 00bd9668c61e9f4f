/** The frame of a screen and its small pieces. */

import type { ComponentChildren } from "preact";
import { goBack } from "../app/context";
import { t } from "../app/speech";
import { Icon } from "./icon";

interface PageProps {
  title: string;
  back?: boolean | (() => void);
  side?: ComponentChildren;
  bare?: boolean;
  children: ComponentChildren;
}

/** `bare`: without the way to other places (before a PIN). */
export function Page({ title, back, side, bare, children }: PageProps) {
  const leave = typeof back === "function" ? back : goBack;
  return (
    <div class={bare ? "page" : "page with-nav"}>
      <header class="head">
        {back && (
          <button class="bare" onClick={leave} aria-label={t("Назад", "Back")}>
            <Icon name="back" />
          </button>
        )}
        <h1>{title}</h1>
        {side}
      </header>
      <main class="body">{children}</main>
    </div>
  );
}

export function Card({ title, children, id }: { title?: string; id?: string; children: ComponentChildren }) {
  return (
    <section class="card" id={id}>
      {title && <h2>{title}</h2>}
      {children}
    </section>
  );
}

export type Tone = "good" | "warn" | "bad" | "";

export function Banner({ tone = "", children }: { tone?: Tone; children: ComponentChildren }) {
  return (
    <div class={`banner ${tone}`} role={tone === "bad" ? "alert" : "status"}>
      {children}
    </div>
  );
}

export function Tag({ tone = "", children }: { tone?: Tone; children: ComponentChildren }) {
  return <span class={`tag ${tone}`}>{children}</span>;
}

export function Item({ href, children }: { href: string; children: ComponentChildren }) {
  return (
    <li>
      <a class="item" href={href}>
        <div class="grow">{children}</div>
      </a>
    </li>
  );
}

export function Facts({ facts }: { facts: [string, ComponentChildren][] }) {
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
