// Small helpers that every module uses.

let words: Record<string, string> | null = null;

/** The text in the page's language; the Chinese sentence itself is the key. */
export function t(text: string, values: Record<string, string | number> = {}): string {
  if (words === null) {
    const carrier = document.getElementById("kd-text");
    words = carrier ? (JSON.parse(carrier.textContent || "{}") as Record<string, string>) : {};
  }
  return (words[text] ?? text).replace(/\{(\w+)\}/g, (_m, name: string) => String(values[name] ?? ""));
}

export function meta(name: string): string {
  return document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? "";
}

type Props = Record<string, string | boolean | number>;

/** Make an element. Text goes in as text, never as markup. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === false) continue;
    el.setAttribute(name, value === true ? "" : String(value));
  }
  el.append(...children);
  return el;
}

let spriteUrl = "";

/** One icon of the sprite, silent for screen readers. */
export function icon(name: string): SVGSVGElement {
  if (!spriteUrl) {
    const sheet = document.querySelector<HTMLMetaElement>('meta[name="kd-icons"]');
    spriteUrl = sheet?.content || "/static/build/icons.svg";
  }
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${spriteUrl}#${name}`);
  svg.append(use);
  return svg;
}

export function debounce<A extends unknown[]>(wait: number, run: (...args: A) => void): (...args: A) => void {
  let timer = 0;
  return (...args: A) => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => run(...args), wait);
  };
}

/** localStorage that never throws: private windows and full disks are ordinary on shared devices. */
export const store = {
  read<T>(key: string): T | null {
    try {
      const text = localStorage.getItem(key);
      return text === null ? null : (JSON.parse(text) as T);
    } catch {
      return null;
    }
  },
  write(key: string, value: unknown): boolean {
    try {
      localStorage.setItem(key, JSON.stringify(value));
      return true;
    } catch {
      return false;
    }
  },
  drop(key: string): void {
    try {
      localStorage.removeItem(key);
    } catch {
      /* nothing to drop */
    }
  },
};

/** Who sits at this device now: drafts and recent choices never cross to the next person. */
export function who(): string {
  return meta("kd-user") || "-";
}

const starters: ((root: ParentNode) => void)[] = [];

/** Run for the page and again for every part that htmx swaps in. */
export function onPart(start: (root: ParentNode) => void): void {
  starters.push(start);
}

export function startPart(root: ParentNode): void {
  for (const start of starters) start(root);
}

const seen = new WeakSet<Element>();

/** Each matching element once. */
export function each(root: ParentNode, selector: string, run: (el: HTMLElement) => void): void {
  const found = [...root.querySelectorAll<HTMLElement>(selector)];
  if (root instanceof HTMLElement && root.matches(selector)) found.unshift(root);
  for (const el of found) {
    if (seen.has(el)) continue;
    seen.add(el);
    run(el);
  }
}
