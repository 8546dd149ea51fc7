// A combobox for places, units and people: type pinyin initials, number or name; recent choices first; trees go down.
import type { Restorable } from "./draft";
import { debounce, each, h, icon, onPart, store, t, who } from "./util";

interface Option {
  id: string;
  label: string;
  hint?: string;
  group?: string;
  into?: boolean;
}
interface Answer {
  options: Option[];
  up?: { id: string | null; label: string } | null;
}

class Picker {
  private readonly input: HTMLInputElement;
  private readonly list: HTMLElement;
  private readonly value: HTMLInputElement | null;
  private readonly chosen: HTMLElement | null;
  private readonly clear: HTMLElement | null;
  private readonly multiple: boolean;
  private readonly recentKey: string;
  private shown: (Option | { up: string | null })[] = [];
  private rows: HTMLElement[] = [];
  private at = -1;
  private asking: AbortController | null = null;
  private asked: string | null = null;
  private label = "";
  private up: Answer["up"] = null;
  /** What is chosen, in up to two lines with its end in sight: an input shows one line, and the ends of place names differ. */
  private readonly whole = h("span", { class: "picker-shown", "aria-hidden": "true" });

  constructor(private readonly el: Restorable) {
    this.input = el.querySelector<HTMLInputElement>("[data-input]")!;
    this.list = el.querySelector<HTMLElement>("[data-list]")!;
    this.value = el.querySelector<HTMLInputElement>("[data-value]");
    this.chosen = el.querySelector<HTMLElement>("[data-chosen]");
    this.clear = el.querySelector<HTMLElement>("[data-clear]");
    this.multiple = el.hasAttribute("data-multiple");
    this.recentKey = `kd:recent:${who()}:${el.dataset.kind ?? ""}`;
    this.label = this.input.value;
    if (!this.multiple) this.input.before(this.whole);
    this.mark();
    const ask = debounce(160, () => {
      if (this.asked !== this.input.value.trim()) void this.ask(this.input.value);
    });
    this.input.addEventListener("input", () => {
      this.close(); // what is shown answers an older question: Enter must not choose from it
      this.shown = [];
      this.rows = [];
      this.at = -1;
      if (!this.multiple) this.set("", this.input.value, false);
      ask();
    });
    this.input.addEventListener("focus", () => void this.ask(this.isChosen() ? "" : this.input.value));
    this.input.addEventListener("click", () => this.list.hidden && void this.ask(this.isChosen() ? "" : this.input.value));
    this.input.addEventListener("keydown", (e) => this.key(e));
    this.input.addEventListener("blur", () => window.setTimeout(() => this.left(), 120));
    this.list.addEventListener("mousedown", (e) => e.preventDefault());
    this.list.addEventListener("click", (e) => this.clicked(e.target as Element));
    this.clear?.addEventListener("click", () => {
      this.set("", "", true);
      this.input.focus();
    });
    this.chosen?.addEventListener("click", (e) => {
      const button = (e.target as Element).closest("[data-unpick]");
      button?.closest(".chip")?.remove();
      if (button) this.tell();
    });
    // a draft keeps the ids of several chosen things; the names of recent ones are on this device, others must be chosen again
    el.kdRestore = (ids) => {
      const known = store.read<Option[]>(this.recentKey) ?? [];
      const there = new Set([...(this.chosen?.querySelectorAll("input") ?? [])].map((i) => i.value));
      for (const option of known) if (ids.includes(option.id) && !there.has(option.id)) this.add(option);
    };
    el.closest("form")?.addEventListener("kd:restored", () => {
      this.label = this.input.value;
      this.mark();
    });
  }

  private isChosen(): boolean {
    return !this.multiple && !!this.value?.value;
  }

  private mark(): void {
    this.el.classList.toggle("is-chosen", this.isChosen());
    if (this.clear) this.clear.hidden = !this.input.value;
    this.whole.textContent = this.isChosen() ? this.input.value : "";
  }

  private tell(): void {
    this.el.dispatchEvent(new CustomEvent("change", { bubbles: true }));
    this.el.dispatchEvent(new CustomEvent("kd:picked", { bubbles: true, detail: { id: this.value?.value ?? "", label: this.label } }));
  }

  private set(id: string, label: string, tell: boolean): void {
    const before = this.value?.value;
    if (this.value) this.value.value = id;
    if (this.input.value !== label) this.input.value = label;
    this.label = id ? label : "";
    this.mark();
    if (tell || (before && !id)) this.tell();
  }

  private choose(option: Option): void {
    const recent = (store.read<Option[]>(this.recentKey) ?? []).filter((o) => o.id !== option.id);
    store.write(this.recentKey, [{ id: option.id, label: option.label, hint: option.hint ?? "", into: !!option.into }, ...recent].slice(0, 12));
    if (this.multiple && this.chosen) {
      if (![...this.chosen.querySelectorAll("input")].some((i) => i.value === option.id)) this.add(option);
      this.input.value = "";
      this.mark();
      this.tell();
    } else this.set(option.id, option.label, true);
    this.close();
  }

  private add(option: Option): void {
    const name = this.el.dataset.name ?? "";
    const off = h("button", { type: "button", "data-unpick": true, "aria-label": t("去掉 {label}", { label: option.label }) }, icon("close"));
    this.chosen?.append(h("span", { class: "chip" }, h("span", {}, option.label), h("input", { type: "hidden", name, value: option.id }), off));
  }

  // -------------------------------------------------------------- asking

  private async ask(q: string, parent?: string | null): Promise<void> {
    this.asking?.abort();
    const mine = (this.asking = new AbortController());
    this.asked = parent === undefined ? q.trim() : null;
    const url = new URL(this.el.dataset.url ?? "", location.href);
    if (parent !== undefined) url.searchParams.set("parent", parent ?? "");
    else url.searchParams.set("q", q.trim());
    try {
      const response = await fetch(url, { signal: mine.signal, headers: { Accept: "application/json" } });
      if (!response.ok) throw new Error(String(response.status));
      const answer = (await response.json()) as Answer;
      this.up = answer.up ?? null;
      const recent = !q.trim() && parent === undefined ? (store.read<Option[]>(this.recentKey) ?? []).slice(0, 6) : [];
      const known = new Set(recent.map((o) => o.id));
      const rest = answer.options.filter((o) => !known.has(o.id));
      this.draw([...recent.map((o) => ({ ...o, group: t("最近用过") })), ...rest], parent !== undefined, q);
    } catch {
      if (mine.signal.aborted) return;
      this.asked = null;
      this.note(t("没有连上，列不出来。"));
    }
  }

  private note(text: string): void {
    this.shown = [];
    this.rows = [];
    this.at = -1;
    this.list.replaceChildren(h("div", { class: "picker-note", role: "presentation" }, text));
    this.open();
  }

  private draw(options: Option[], inTree: boolean, q: string): void {
    this.shown = [];
    this.rows = [];
    this.list.replaceChildren();
    if (inTree) this.row({ up: this.up?.id ?? null }, h("span", {}, t("返回上一级")), icon("back"));
    let group = "";
    for (const option of options) {
      if ((option.group ?? "") !== group) {
        group = option.group ?? "";
        if (group) this.list.append(h("div", { class: "picker-group", role: "presentation" }, group));
      }
      const words = h("span", {}, option.label);
      if (option.hint) words.append(h("small", {}, option.hint));
      const into = option.into ? h("span", { class: "picker-into", "data-into": option.id, title: t("看下一级") }, icon("right")) : null;
      this.row(option, words, ...(into ? [into] : []));
    }
    if (!options.length) {
      const free = this.el.hasAttribute("data-free") && q.trim();
      this.list.append(h("div", { class: "picker-note", role: "presentation" }, free ? t("库里没有，就按“{q}”记，以后由专人核对。", { q: q.trim() }) : t("没有找到，换个写法试试。")));
    }
    this.move(q && this.rows.length ? 0 : -1);
    this.open();
  }

  private row(what: Option | { up: string | null }, ...parts: Node[]): void {
    const id = `${this.list.id}-${this.rows.length}`;
    const row = h("div", { class: "picker-option", role: "option", id, "data-at": this.rows.length, "aria-selected": "false" }, ...parts);
    this.shown.push(what);
    this.rows.push(row);
    this.list.append(row);
  }

  private open(): void {
    if (document.activeElement !== this.input) return;
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
  }

  private close(): void {
    this.asking?.abort();
    this.asked = null;
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  private left(): void {
    if (this.el.contains(document.activeElement)) return;
    const typed = this.input.value.trim();
    const exact = this.shown.find((o): o is Option => "label" in o && o.label === typed);
    if (!this.list.hidden && exact && !this.isChosen() && !this.multiple) this.choose(exact);
    this.close();
  }

  // -------------------------------------------------------------- moving

  private move(at: number): void {
    this.at = at;
    this.rows.forEach((row, i) => row.setAttribute("aria-selected", String(i === at)));
    const row = this.rows[at];
    if (row) {
      this.input.setAttribute("aria-activedescendant", row.id);
      row.scrollIntoView({ block: "nearest" });
    } else this.input.removeAttribute("aria-activedescendant");
  }

  private take(at: number): void {
    const what = this.shown[at];
    if (!what) return;
    if ("up" in what) void (what.up === null ? this.ask("") : this.ask("", what.up));
    else this.choose(what);
  }

  private clicked(target: Element): void {
    const into = target.closest<HTMLElement>("[data-into]");
    if (into) return void this.ask("", into.dataset.into ?? "");
    const row = target.closest<HTMLElement>("[data-at]");
    if (row) this.take(Number(row.dataset.at));
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const last = this.rows.length - 1;
    const open = !this.list.hidden;
    const here = this.shown[this.at];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) return void this.ask(this.isChosen() ? "" : this.input.value);
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.move(this.at + step > last ? 0 : this.at + step < 0 ? last : this.at + step);
    } else if (event.key === "Enter" && open && this.at >= 0) {
      event.preventDefault();
      this.take(this.at);
    } else if (event.key === "ArrowRight" && open && here && "into" in here && here.into) {
      event.preventDefault();
      void this.ask("", here.id);
    } else if (event.key === "ArrowLeft" && open && this.shown[0] && "up" in this.shown[0]) {
      event.preventDefault();
      this.take(0);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    } else if (event.key === "Backspace" && this.multiple && !this.input.value) {
      this.chosen?.querySelector(".chip:last-child")?.remove();
      this.tell();
    }
  }
}

onPart((root) => each(root, "[data-picker]", (el) => new Picker(el)));
