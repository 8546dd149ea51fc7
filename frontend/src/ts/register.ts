// The register: live filters, ticking, the bulk bar, rows that open, a cursor for the keyboard.
import { openDialog } from "./dialog";
import { debounce, h, onPart, t } from "./util";

const whole = (el: Element): HTMLElement | null => el.closest<HTMLElement>("[data-register]");
let focusFilter = "";
let typing: { id: string; value: string } | null = null;

function ask(form: HTMLFormElement): void {
  if ("htmx" in window) form.dispatchEvent(new CustomEvent("kd:filter"));
  else form.requestSubmit();
}
const askLater = debounce(350, ask);

document.addEventListener("input", (event) => {
  const input = event.target as HTMLInputElement;
  if (input.matches("[data-live-text]") && input.form && !(event as InputEvent).isComposing) askLater(input.form);
});
document.addEventListener("compositionend", (event) => {
  const input = event.target as HTMLInputElement;
  if (input.matches("[data-live-text]") && input.form) askLater(input.form);
});
document.addEventListener("change", (event) => {
  const el = event.target as HTMLInputElement;
  const form = el.closest<HTMLFormElement>("form[data-filters]");
  if (form) {
    const filter = el.closest<HTMLElement>("[data-filter]");
    if (el.type === "date") filter?.querySelectorAll<HTMLInputElement>("[data-quick-value]").forEach((i) => (i.value = ""));
    if (el.matches("[data-live], [data-live-pick]")) {
      focusFilter = filter?.dataset.filter ?? "";
      ask(form);
    }
  }
  const box = whole(el);
  if (!box) return;
  if (el.matches("[data-tick-all]")) box.querySelectorAll<HTMLInputElement>(".row-tick").forEach((i) => (i.checked = el.checked));
  if (el.matches("[data-tick-all], .row-tick")) count(box);
});

// a radio that is chosen again by arrow keys must not close the list at every step: only clicks and Enter ask
document.addEventListener("keydown", (event) => {
  const el = event.target as HTMLElement;
  if (event.key === "Enter" && el.matches("[data-filter] input")) {
    focusFilter = el.closest<HTMLElement>("[data-filter]")?.dataset.filter ?? "";
  }
});

let lastTick: HTMLInputElement | null = null;
document.addEventListener("click", (event) => {
  const target = event.target as HTMLElement;
  const quick = target.closest<HTMLButtonElement>("[data-quick]");
  if (quick?.form) {
    const filter = quick.closest<HTMLElement>("[data-filter]");
    filter?.querySelectorAll<HTMLInputElement>("input[type=date]").forEach((i) => (i.value = ""));
    const value = filter?.querySelector<HTMLInputElement>("[data-quick-value]");
    if (value) value.value = quick.value;
    focusFilter = filter?.dataset.filter ?? "";
    ask(quick.form);
    return;
  }
  const box = whole(target);
  if (!box) return;
  const tick = target.closest<HTMLInputElement>(".row-tick");
  if (tick) {
    if (event.shiftKey && lastTick && lastTick !== tick) {
      const all = [...box.querySelectorAll<HTMLInputElement>(".row-tick")];
      const [a, b] = [all.indexOf(lastTick), all.indexOf(tick)].sort((x, y) => x - y) as [number, number];
      if (a >= 0) all.slice(a, b + 1).forEach((i) => (i.checked = tick.checked));
      count(box);
    }
    lastTick = tick;
    return;
  }
  if (target.closest("[data-untick]")) {
    box.querySelectorAll<HTMLInputElement>(".row-tick, [data-tick-all]").forEach((i) => (i.checked = false));
    count(box);
    return;
  }
  const verb = target.closest<HTMLElement>("[data-bulk-dialog]");
  if (verb) {
    const dialog = openDialog(verb.dataset.bulkDialog ?? "");
    if (dialog) event.preventDefault();
    const words = dialog?.querySelector("[data-bulk-words]");
    if (words) words.textContent = t("选中了 {n} 条。", { n: ticked(box).length });
    return;
  }
  const row = target.closest<HTMLElement>("tr[data-href]");
  if (!row || target.closest("a, button, input, label, summary, select, textarea")) return;
  if (window.getSelection()?.toString()) return;
  go(row, event.ctrlKey || event.metaKey);
});

function go(row: HTMLElement, apart = false): void {
  const url = row.dataset.href ?? "";
  if (apart) window.open(url, "_blank", "noopener");
  else window.location.assign(url);
}

document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  const source = form.dataset.bulkForm;
  if (!source) return;
  form.querySelectorAll("input[name=ids]").forEach((i) => i.remove());
  const box = whole(form);
  for (const id of box ? ticked(box) : []) form.append(h("input", { type: "hidden", name: "ids", value: id }));
});

function ticked(box: HTMLElement): string[] {
  return [...box.querySelectorAll<HTMLInputElement>(".row-tick:checked")].map((i) => i.value);
}

function count(box: HTMLElement): void {
  const all = box.querySelectorAll(".row-tick").length;
  const n = ticked(box).length;
  const bar = box.querySelector<HTMLElement>("[data-bulk]");
  bar?.classList.toggle("is-on", n > 0);
  const words = bar?.querySelector("[data-bulk-count]");
  if (words) words.textContent = t("选中 {n} 条", { n });
  const every = box.querySelector<HTMLInputElement>("[data-tick-all]");
  if (every) {
    every.checked = n > 0 && n === all;
    every.indeterminate = n > 0 && n < all;
  }
  for (const row of box.querySelectorAll("tbody tr")) row.classList.toggle("is-selected", !!row.querySelector(".row-tick:checked"));
}

// ---------------------------------------------------------------- swaps keep the address short, the focus and the typing

document.addEventListener("htmx:configRequest", (event) => {
  const detail = (event as CustomEvent<{ elt: Element; parameters: FormData & Record<string, unknown> }>).detail;
  if (!detail.elt.matches("form[data-filters]")) return;
  const form = detail.elt as HTMLFormElement;
  for (const name of new Set([...new FormData(form).keys()])) {
    const values = new FormData(form).getAll(name).map(String).filter(Boolean);
    const real = values.filter((v) => v !== "all");
    if (!values.length) delete detail.parameters[name];
    else if (real.length && real.length < values.length) detail.parameters[name] = real;
  }
});
document.addEventListener("htmx:beforeSwap", () => {
  const now = document.activeElement as HTMLInputElement | null;
  typing = now?.matches("[data-live-text]") ? { id: now.id, value: now.value } : null;
});
document.addEventListener("htmx:afterSettle", () => {
  if (focusFilter) document.querySelector<HTMLElement>(`[data-filter="${CSS.escape(focusFilter)}"] > summary`)?.focus({ preventScroll: true });
  focusFilter = "";
  if (!typing) return;
  const input = document.getElementById(typing.id) as HTMLInputElement | null;
  const value = typing.value;
  typing = null;
  if (!input) return;
  input.focus({ preventScroll: true });
  if (input.value === value) return;
  input.value = value;
  if (input.form) askLater(input.form);
});

// ---------------------------------------------------------------- keyboard

function typingNow(): boolean {
  const el = document.activeElement as HTMLElement | null;
  return !!el && (el.isContentEditable || el.matches("input:not([type=checkbox]):not([type=radio]), textarea, select"));
}

let cursor = -1;
function step(by: number): void {
  const rows = [...document.querySelectorAll<HTMLElement>("[data-register] tbody tr, .todo > li")];
  if (!rows.length) return;
  rows[cursor]?.classList.remove("is-cursor");
  cursor = Math.max(0, Math.min(rows.length - 1, cursor + by));
  const row = rows[cursor];
  row?.classList.add("is-cursor");
  row?.querySelector<HTMLElement>("a, input")?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typingNow() || document.querySelector("dialog[open]")) return;
  const row = document.querySelector<HTMLElement>("tr.is-cursor");
  const turn = document.querySelector<HTMLElement>(`[data-turn="${event.key === "n" || event.key === "p" ? event.key : ""}"]`);
  if (event.key === "/") (document.querySelector<HTMLElement>("[data-register] [data-slash]") ?? document.querySelector<HTMLElement>("[data-slash]"))?.focus();
  else if (event.key === "?") openDialog("keys-help");
  else if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (event.key === "x" && row) row.querySelector<HTMLElement>(".row-tick")?.click();
  else if (event.key === "Enter" && row?.dataset.href && !(event.target as Element).closest("a, button, summary")) go(row);
  else if (turn) turn.click();
  else return;
  event.preventDefault();
});

function fit(): void {
  for (const box of document.querySelectorAll<HTMLElement>(".register-scroll")) {
    box.classList.remove("is-wide");
    box.classList.toggle("is-wide", (box.firstElementChild?.scrollWidth ?? 0) > box.clientWidth + 1);
  }
}
window.addEventListener("resize", debounce(150, fit));

onPart((root) => {
  cursor = -1;
  fit();
  for (const box of root.querySelectorAll<HTMLElement>("[data-register]")) count(box);
  if (root instanceof HTMLElement && root.matches("[data-register]")) count(root);
});
