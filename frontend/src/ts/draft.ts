// Nothing typed is ever lost: a form with data-draft="name" is kept on this device as it is typed, restored when the
// page is opened again, and forgotten once the server has taken it.
import { debounce, each, h, onPart, store, t, who } from "./util";

interface Draft {
  at: number;
  fields: [string, string][];
}

export interface Restorable extends HTMLElement {
  kdRestore?: (values: string[]) => void;
}

const SENT = "kd:sent";
const KEEP_DAYS = 14;

const keyOf = (name: string): string => `kd:draft:${who()}:${name}`;

function skipped(el: Element): boolean {
  const input = el as HTMLInputElement;
  return !input.name || input.name === "csrfmiddlewaretoken" || input.type === "password" || input.type === "file" || el.hasAttribute("data-no-draft");
}

function collect(form: HTMLFormElement): [string, string][] {
  const skip = new Set([...form.elements].filter(skipped).map((el) => (el as HTMLInputElement).name));
  const fields: [string, string][] = [];
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && !skip.has(name)) fields.push([name, value]);
  }
  return fields;
}

function restore(form: HTMLFormElement, fields: [string, string][]): void {
  const values = new Map<string, string[]>();
  for (const [name, value] of fields) values.set(name, [...(values.get(name) ?? []), value]);
  for (const holder of form.querySelectorAll<Restorable>("[data-upload], [data-picker][data-multiple]")) {
    const name = holder.dataset.name ?? "";
    if (values.has(name)) holder.kdRestore?.(values.get(name) ?? []);
    values.delete(name);
  }
  for (const el of form.elements) {
    const input = el as HTMLInputElement;
    const kept = values.get(input.name);
    if (skipped(el)) continue;
    if (input.type === "checkbox" || input.type === "radio") input.checked = kept?.includes(input.value) ?? false;
    else if (el instanceof HTMLSelectElement && el.multiple) for (const o of el.options) o.selected = kept?.includes(o.value) ?? false;
    else if (kept?.length) input.value = kept.shift() ?? "";
  }
  form.dispatchEvent(new CustomEvent("kd:restored", { bubbles: true }));
}

function start(form: HTMLFormElement): void {
  const key = keyOf(form.dataset.draft ?? "");
  const first = JSON.stringify(collect(form));
  const draft = store.read<Draft>(key);
  const note = h("p", { class: "draft-note", role: "status" });
  (form.querySelector(".form-actions, .thumb-bar") ?? form).append(note);
  const save = (): void => {
    const fields = collect(form);
    if (JSON.stringify(fields) === first) return;
    const kept = store.write(key, { at: Date.now(), fields });
    note.replaceChildren(kept ? t("已存在本机，离开也不会丢。") : t("这台设备存不下草稿，请不要离开这一页。"));
  };
  const later = debounce(300, save);
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("kd:change", later);
  window.addEventListener("pagehide", () => {
    if (!form.dataset.sent) save();
  });
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    save();
    try {
      sessionStorage.setItem(SENT, key);
    } catch {
      /* the draft simply stays */
    }
  });
  if (!draft || draft.at < Date.now() - KEEP_DAYS * 86400000) return;
  if (form.querySelector(".form-errors, .field-error") || form.hasAttribute("data-bound")) return;
  restore(form, draft.fields);
  const wipe = h("button", { type: "button", class: "button button-quiet button-small" }, t("清空重填"));
  wipe.addEventListener("click", () => {
    store.drop(key);
    form.dataset.sent = "1";
    window.location.reload();
  });
  note.replaceChildren(t("已接着上次没办完的内容。"), wipe);
}

/** After a submit: the draft goes only when the next page shows that the server took it. */
function settle(): void {
  let key: string | null = null;
  try {
    key = sessionStorage.getItem(SENT);
    sessionStorage.removeItem(SENT);
  } catch {
    return;
  }
  if (!key || document.body.classList.contains("page-error")) return;
  const again = [...document.querySelectorAll<HTMLFormElement>("form[data-draft]")].find((f) => keyOf(f.dataset.draft ?? "") === key);
  if (!again || document.querySelector(".banner.tone-done")) store.drop(key);
}

let settled = false;
onPart((root) => {
  if (!settled) settle();
  settled = true;
  each(root, "form[data-draft]", (el) => start(el as HTMLFormElement));
});
