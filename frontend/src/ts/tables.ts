// On a phone a wide table does not squeeze its words into columns of one sign: its lines stand as cards, each value behind
// the word of its column. A table that fits stays one.
import { onPart } from "./util";

const PHONE = window.matchMedia("(max-width: 47.99rem)");
const NAMED = /\p{L}|:/u; // a number alone is no title
const TIGHT = 2.6; // so many signs wide is a column in which words stand on end

function squeezed(table: HTMLTableElement, body: HTMLTableSectionElement): boolean {
  const wrap = table.parentElement;
  if (wrap && wrap.scrollWidth > wrap.clientWidth + 1) return true;
  const sign = parseFloat(getComputedStyle(table).fontSize);
  return [...body.rows].slice(0, 6).some((row) =>
    [...row.cells].some((cell) => {
      const style = getComputedStyle(cell);
      const room = cell.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
      return (cell.textContent ?? "").trim().length > 3 && room < TIGHT * sign;
    }),
  );
}

function stack(table: HTMLTableElement, body: HTMLTableSectionElement): void {
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])].map((cell) => (cell.textContent ?? "").trim());
  const first = [...(body.rows[0]?.cells ?? [])];
  const title = Math.max(
    0,
    first.findIndex((cell) => NAMED.test(cell.textContent ?? "")),
  );
  for (const row of body.rows) {
    [...row.cells].forEach((cell, place) => {
      if (place === title) cell.classList.add("stack-title");
      else if (heads[place]) cell.dataset.label = heads[place];
    });
  }
  table.classList.add("is-stacked");
}

onPart((part) => {
  if (!PHONE.matches) return;
  for (const table of part.querySelectorAll<HTMLTableElement>(".table-wrap > table.table")) {
    const body = table.tBodies[0];
    if (!body || table.tBodies.length > 1 || (table.tHead?.rows.length ?? 0) > 1) continue;
    if (table.classList.contains("is-stacked") || table.querySelector("tbody th, [colspan], [rowspan]")) continue;
    if (squeezed(table, body)) stack(table, body);
  }
  for (const here of part.querySelectorAll<HTMLElement>(".tabs > [aria-current]")) {
    const tabs = here.parentElement!;
    tabs.scrollLeft = here.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - here.offsetWidth) / 2;
  }
});
