// The office by keyboard: lines of a list, the digit that decides; and tables that go into a spreadsheet unharmed.
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

/** A return needs a remark, chosen or typed: asked for here, what is ticked and typed stays. */
document.addEventListener("click", (event) => {
  const form = event.target.matches("button[name=to][value=returned]") && event.target.form;
  if (form) form.elements.review_remark.required = !form.elements.template.value;
});

const escaped = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const shown = (cell) => cell.innerText.trim().replace(/\s+/g, " ");

/** The cells of a row that go into a spreadsheet: numbers as numbers, everything else as text, or 15/2014 would become a
 *  month and a phone a sum. Excel and R7 read the style, LibreOffice the attribute. */
function cellsOf(row) {
  return [...row.cells].filter((cell) => !cell.matches("[data-no-copy]")).map((cell) => {
    const text = shown(cell);
    const number = cell.matches("td.number") && text.replace(/\s/g, "");
    return number && /^\d+$/.test(number)
      ? { plain: number, html: `<td>${number}</td>` }
      : { plain: text, html: `<td sdnum="1049;0;@" style='mso-number-format:"\\@"'>${escaped(text)}</td>` };
  });
}

document.addEventListener("copy", (event) => {
  const selection = document.getSelection();
  const start = selection.anchorNode;
  const table = (start instanceof Element ? start : start?.parentElement)?.closest("[data-copy]");
  if (!table || !event.clipboardData) return;
  const rows = [...table.rows].filter((row) => selection.containsNode(row, true)).map(cellsOf);
  if (rows.length < 2) return;
  event.clipboardData.setData("text/html", `<table>${rows.map((row) => `<tr>${row.map((cell) => cell.html).join("")}</tr>`).join("")}</table>`);
  event.clipboardData.setData("text/plain", rows.map((row) => row.map((cell) => cell.plain).join("\t")).join("\n"));
  event.preventDefault();
});

/** The button copies the nearest table above it. */
function copyTable(button) {
  const table = button.closest("section, main").querySelector("[data-copy]");
  const selection = document.getSelection();
  selection.selectAllChildren(table);
  document.execCommand("copy");
  selection.removeAllRanges();
}

document.addEventListener("click", (event) => event.target.matches("[data-copies]") && copyTable(event.target));
const revealed = () => document.querySelectorAll("[data-copies]").forEach((button) => (button.hidden = false));
document.addEventListener("htmx:afterSwap", revealed);
revealed();
