// The office by keyboard: lines of a list, the digit that decides, a table that goes into a spreadsheet unharmed.
//
// Keys work only while the focus is within what they act on, and never while somebody types (WCAG 2.1.4). Without this
// file everything can still be done with Tab, Space and Enter.
"use strict";

const BOXES = "input:not([type=checkbox]):not([type=radio]), textarea, select";

/** The lines of a list that can be opened. */
const lines = (list) => [...list.querySelectorAll("tbody tr")].filter((row) => row.querySelector("a[href]"));

function walk(event, list) {
  const row = event.target.closest("tbody tr");
  if (!row) return;
  const step = { ArrowDown: 1, j: 1, о: 1, ArrowUp: -1, k: -1, л: -1 }[event.key];
  if (step) {
    const all = lines(list);
    all[all.indexOf(row) + step]?.querySelector("a[href]").focus();
    event.preventDefault();
  } else if (["x", "ч"].includes(event.key)) {
    row.querySelector("input[type=checkbox]")?.click();
  }
}

/** A digit chooses the candidate of that number and sends the form. */
function decide(event, form) {
  const chosen = form.querySelector(`[data-digit="${event.key}"]`);
  if (!chosen) return;
  chosen.checked = true;
  form.requestSubmit(form.querySelector("[data-decide]"));
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches(BOXES)) return;
  const list = event.target.closest("[data-rows]");
  const form = event.target.closest("[data-digits]");
  if (list) walk(event, list);
  if (form) decide(event, form);
});

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-all]")) return;
  for (const box of event.target.form.querySelectorAll("tbody input[type=checkbox]")) box.checked = event.target.checked;
});
