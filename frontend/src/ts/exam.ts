// The page of a sitting. The whole paper is in it; every answer is kept on this device the moment it is given and sent
// until the server has said that it is written. The server's clock is the only clock. Loaded again while the line is cut,
// the page comes from this device (exam-sw.ts) and goes on from what is kept here.
import { type Answer, BUFFER, KEPT, type Keep, type Local, type Noticed, reckoned, type Sent, settle, wall } from "./sitting";
import { h, store, t } from "./util";

interface Choice { id: string; text: string; picture?: string }
interface Blank { kind: "text" | "number" | "choice"; choices?: string[] }
interface Item {
  line: number; type: string; label: string; marks: string; stem: string; pictures: string[]; options?: Choice[]; left?: Choice[];
  right?: Choice[]; blanks?: Blank[]; parts?: string[];
}
interface Paper { id: string; items: Item[]; answers: Record<string, Answer>; status: string; ends: number; now: number; changes: number }
interface Said { status: string; now: number; ends: number; changes: number; written: number; said?: string }

const paper = JSON.parse(document.getElementById("exam-data")!.textContent!) as Paper;
const root = document.querySelector<HTMLElement>("[data-exam]")!;
const address = root.dataset.exam!;
const KEY = BUFFER + paper.id;
const BEAT = 45_000;
const LONGEST_WAIT = 8_000;
const WARN = [10, 5, 1];

const kept: Local = {
  pending: [], log: [], unsure: [], given: {}, handing: false, ends: 0, changes: 0, clock: { server: 0, wall: 0 },
  ...store.read<Partial<Local>>(KEY),
};
/** This page was kept on this device and opened without the server: what is known here since is newer. */
const old = "kept" in root.dataset;
if (!old || !kept.ends) Object.assign(kept, { given: paper.answers, ends: paper.ends, changes: paper.changes, clock: { server: paper.now, wall: wall() } });

// The server's clock, carried on by this device's running time: whatever its own date says does not matter. Without the
// server it is only reckoned; then the next answer of the server sets right what was given meanwhile. ------------------
const arrived = (performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming | undefined)?.responseStart;
let settled = !old;
let ahead = old ? reckoned(kept) - performance.now() : paper.now - (arrived || performance.now());
let { ends, changes } = kept;
/** How this device's date moves against its running time: a jump ahead is a computer that slept. */
const jump = (): number => Date.now() - wall();
let jumped = jump();
const now = (): number => performance.now() + ahead;

const answers = new Map<number, Answer>(Object.entries(kept.given).map(([line, answer]) => [Number(line), answer]));
for (const one of kept.pending) answers.set(one.line, one.answer);
let over = false;
let busy = false;
let handing = false;
let failures = 0;
let cutSince = 0;
let at = 0;
let timer = 0;
let remembers = true;

function remember(): void {
  if (over) return;
  Object.assign(kept, { given: Object.fromEntries(answers), ends, changes, clock: { server: now(), wall: wall() } });
  remembers = store.write(KEY, kept);
}

function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}

const empty = (answer: Answer): boolean =>
  answer === null || Object.values(answer).every((part) => part === "" || part === null || (Array.isArray(part) ? !part.some(Boolean)
    : typeof part === "object" && !Object.values(part as object).some(Boolean)));
const answered = (line: number): boolean => answers.has(line) && !empty(answers.get(line) ?? null);

let last = 0;

/** When it was given. Every answer of the server sets the clock right, backwards too; who changes his mind meanwhile has
 *  changed it later all the same, and the last word counts. */
function moment(): number {
  last = Math.max(Math.round(now()), last + 1, ...kept.pending.map((one) => one.at + 1));
  return last;
}

/** An answer was given: kept here at once, sent in a moment. */
function give(line: number, answer: Answer, wait = 150): void {
  if (over || now() >= ends) return;
  answers.set(line, answer);
  const given = moment();
  // What has not gone out yet and is given anew goes out once.
  kept.pending = kept.pending.filter((one) => one.line !== line || flying.has(one.key));
  kept.pending.push({ key: newKey(), line, answer, at: given, ...(settled ? {} : { loose: true }) });
  remember();
  tellState();
  mark();
  soon(wait);
}

function soon(wait: number): void {
  window.clearTimeout(timer);
  timer = window.setTimeout(() => void send(), wait);
}

const flying = new Set<string>();

async function post(name: string): Promise<Said | null> {
  const hurry = new AbortController();
  const late = window.setTimeout(() => hurry.abort(), 10_000);
  let out: Sent[] = [];
  try {
    if (!settled) await fetchState(hurry.signal);
    out = kept.pending.slice(0, 300);
    const log = kept.log.slice(0, 300);
    for (const one of out) flying.add(one.key);
    const asked = performance.now();
    const answer = await fetch(`${address}${name}`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ answers: out, log }),
      cache: "no-store", credentials: "same-origin", keepalive: out.length < 50, signal: hurry.signal,
    });
    const said = (await answer.json()) as Said;
    if (answer.status === 403) return refused(said.said ?? "");
    if (!answer.ok) throw new Error(String(answer.status));
    for (const one of out) sent.add(one.key);
    kept.pending = kept.pending.filter((one) => !sent.has(one.key));
    kept.log = kept.log.filter((one) => !log.includes(one));
    // The answer left the server about half the way ago; the shorter the way, the surer.
    const way = performance.now() - asked;
    if (way < 2_000) ahead = said.now + way / 2 - performance.now();
    ends = said.ends;
    const others = said.changes > changes + said.written;
    changes = said.changes;
    failures = 0;
    if (cutSince) notice({ kind: "cut", at: Math.round(cutSince), seconds: Math.round((now() - cutSince) / 1000) });
    cutSince = 0;
    remember();
    if (others) void fetchState().catch(() => undefined);
    return said;
  } catch {
    failures += 1;
    cutSince ||= now();
    return null;
  } finally {
    window.clearTimeout(late);
    for (const one of out) flying.delete(one.key);
    tellState();
  }
}

function refused(words: string): null {
  failures += 1;
  void forget();
  tell("door", words);
  return null;
}

function notice(one: Noticed): void {
  if (kept.log.length < 100) kept.log.push(one);
  remember();
}

async function send(): Promise<void> {
  if (busy || handing) return;
  busy = true;
  const said = await post("save/");
  busy = false;
  if (said && said.status !== "sitting" && !kept.pending.length) return finished(said.status);
  if (said === null) soon(Math.min(LONGEST_WAIT, 500 * 2 ** failures));
  else if (kept.pending.length || kept.log.length) soon(0);
  else soon(BEAT);
}

/** What the server has: another page of the same person may have written, or this one was opened without the server.
 *  Never over what was just given here. */
async function fetchState(signal: AbortSignal | null = null): Promise<void> {
  const asked = performance.now();
  const answer = await fetch(`${address}state/`, { cache: "no-store", credentials: "same-origin", signal });
  if (answer.status === 403) return;
  if (!answer.ok) throw new Error(String(answer.status));
  const state = (await answer.json()) as Paper;
  if (!settled) {
    const server = state.now + (performance.now() - asked) / 2;
    settle(kept.pending, server - now());
    ahead = server - performance.now();
    settled = true;
  }
  const waiting = new Set(kept.pending.map((one) => one.line));
  for (const [line, given] of Object.entries(state.answers)) if (!waiting.has(Number(line))) answers.set(Number(line), given);
  changes = state.changes;
  ends = state.ends;
  remember();
  show(at, false);
  tellState();
}

// A second window of the same browser keeps its answers in the same place: each sends what the other has not sent.
const sent = new Set<string>();
window.addEventListener("storage", (event) => {
  if (event.key !== KEY) return;
  if (!event.newValue) return soon(0);  // handed in over there
  const known = new Set([...sent, ...kept.pending.map((one) => one.key)]);
  const news = (JSON.parse(event.newValue) as Local).pending.filter((one) => !known.has(one.key));
  if (!news.length) return;
  for (const one of news) if (!kept.pending.some((mine) => mine.line === one.line && mine.at > one.at)) answers.set(one.line, one.answer);
  kept.pending.push(...news);
  show(at, false);
  soon(1_000);
});

// Handing in ----------------------------------------------------------------------------------------------------------

async function handIn(): Promise<void> {
  if (handing) return;
  handing = kept.handing = true;
  remember();
  window.clearTimeout(timer);
  root.classList.add("is-handing");
  for (;;) {
    while (busy) await pause(100);
    busy = true;
    const said = await post("handin/");
    busy = false;
    if (said && said.status !== "sitting") return finished(said.status);
    if (notices.dataset.kind !== "door") tell("handing", t("网络不通，还没有交上。答案都存在本机，网络一恢复就自动交卷。请不要关机，不要离开。"));
    await pause(Math.min(LONGEST_WAIT, 500 * 2 ** failures));
  }
}

const pause = (wait: number): Promise<void> => new Promise((done) => window.setTimeout(done, wait));

async function finished(status: string): Promise<void> {
  over = true;
  if (kept.pending.length) store.write(KEY, { ...kept, given: {}, handing: false });
  else store.drop(KEY);
  await forget();
  window.onbeforeunload = null;
  root.dataset.ended = status;
  location.reload();
}

/** The paper does not stay on this device. */
async function forget(): Promise<void> {
  if ("caches" in window) await caches.delete(KEPT + paper.id).catch(() => false);
}

/** Let the worker keep this page, unless it came through it, and load the pictures of all items before the line is cut. */
async function keepPage(): Promise<void> {
  if (old) return;
  if ("serviceWorker" in navigator && "caches" in window) {
    const ready = await Promise.race([navigator.serviceWorker.ready, pause(10_000)]);
    if (ready && !(await caches.has(KEPT + paper.id))) {
      const files = performance.getEntriesByType("resource").map((one) => one.name)
        .filter((name) => name.startsWith(`${location.origin}/`) && /\.(js|css|svg)$/.test(name));
      ready.active?.postMessage({ id: paper.id, files } satisfies Keep);
    }
  }
  const shown = paper.items.flatMap((item) => [item.pictures, [item.options, item.left, item.right].flat().map((one) => one?.picture)].flat());
  for (const sha of new Set(shown)) {
    if (over) return;
    if (sha) await fetch(`${address}pictures/${sha}`).catch(() => undefined);
    await pause(500);
  }
}

// What the person sees ------------------------------------------------------------------------------------------------

const clock = root.querySelector<HTMLElement>("[data-clock]")!;
const spoken = root.querySelector<HTMLElement>("[data-spoken]")!;
const state = root.querySelector<HTMLElement>("[data-state]")!;
const notices = root.querySelector<HTMLElement>("[data-notice]")!;
const body = root.querySelector<HTMLElement>("[data-item]")!;
const map = root.querySelector<HTMLElement>("[data-map]")!;
const count = root.querySelector<HTMLElement>("[data-count]")!;
const sure = document.querySelector<HTMLDialogElement>("[data-sure]")!;
const sureWords = sure.querySelector<HTMLElement>("[data-sure-words]")!;
let warned = Infinity;

function tell(kind: string, words: string): void {
  if (notices.dataset.kind === kind && notices.textContent?.startsWith(words)) return;
  notices.dataset.kind = kind;
  notices.hidden = !words;
  notices.textContent = words;
  if (kind === "door") notices.append(" ", h("a", { href: "/learning/exams/door/" }, t("到考场入口")));
}

function tellState(): void {
  const waiting = kept.pending.length;
  if (waiting && failures > 1) {
    state.dataset.tone = "late";
    state.textContent = remembers ? t("网络不通，{n} 题存在本机，恢复后自动上传", { n: waiting })
      : t("网络不通，本机又存不下，请不要关页面，马上告诉监考");
  } else if (failures > 2) {
    state.dataset.tone = "late";
    state.textContent = t("网络不通，可以接着答，答案存在本机");
  } else {
    state.dataset.tone = waiting ? "work" : "done";
    state.textContent = waiting ? t("正在保存…") : t("答案都已保存");
    if (notices.dataset.kind !== "handing") tell("", "");
  }
}

const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");

function tick(): void {
  if (over) return;
  if (jump() - jumped > 2_000) {
    settled = false;
    soon(0);
  }
  jumped = jump();
  const left = Math.max(0, Math.ceil((ends - now()) / 1000));
  clock.textContent = left >= 3600 ? `${Math.floor(left / 3600)}:${two((left % 3600) / 60)}:${two(left % 60)}` : `${two(left / 60)}:${two(left % 60)}`;
  clock.dataset.tone = left <= 300 ? "late" : "";
  const minute = WARN.find((one) => left <= one * 60 && warned > one && left > one * 60 - 5);
  if (minute !== undefined) {
    warned = minute;
    spoken.textContent = t("还剩 {n} 分钟", { n: minute });
  }
  if (left === 0 && !settled && !handing) {
    // This device's date may be wrong: the server decides whether it is over.
    for (const field of body.querySelectorAll<HTMLInputElement>("input, select, textarea, button")) field.disabled = true;
    return tell("clock", t("按本机的钟，时间到了。答案都存在本机，网络一恢复就核对时间。请不要关机，不要离开。"));
  }
  if (left === 0 && !handing) {
    for (const field of body.querySelectorAll<HTMLInputElement>("input, select, textarea, button")) field.disabled = true;
    tell("handing", t("时间到，正在自动交卷。"));
    if (sure.open) sure.close();
    void handIn();
  }
}

function mark(): void {
  const done = paper.items.filter((item) => answered(item.line)).length;
  count.textContent = t("已答 {n} / {all} 题", { n: done, all: paper.items.length });
  map.querySelectorAll<HTMLElement>("button").forEach((button, index) => {
    const line = paper.items[index]!.line;
    button.classList.toggle("is-done", answered(line));
    button.classList.toggle("is-unsure", kept.unsure.includes(line));
    button.classList.toggle("is-here", index === at);
    if (index === at) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
    const words = [t("第 {n} 题", { n: index + 1 }), answered(line) ? t("已答") : t("未答"), kept.unsure.includes(line) ? t("拿不准") : ""];
    button.setAttribute("aria-label", words.filter(Boolean).join("，"));
  });
}

function picture(sha: string, words: string): HTMLElement {
  return h("img", { class: "item-picture", src: `${address}pictures/${sha}`, alt: words });
}

function show(index: number, focus = true): void {
  at = Math.max(0, Math.min(index, paper.items.length - 1));
  const item = paper.items[at]!;
  const title = h("h2", { tabindex: -1 }, t("第 {n} 题", { n: at + 1 }), h("small", {}, ` ${item.label} · ${t("{n} 分", { n: item.marks })}`));
  const flag = h("button", { type: "button", class: "button button-small", "aria-pressed": String(kept.unsure.includes(item.line)) }, t("拿不准，做个记号"));
  flag.addEventListener("click", () => {
    kept.unsure = kept.unsure.includes(item.line) ? kept.unsure.filter((one) => one !== item.line) : [...kept.unsure, item.line];
    flag.setAttribute("aria-pressed", String(kept.unsure.includes(item.line)));
    remember();
    mark();
  });
  body.replaceChildren(h("div", { class: "exam-head" }, title, flag), ...question(item));
  (root.querySelector("[data-back]") as HTMLButtonElement).disabled = at === 0;
  const next = root.querySelector("[data-next]") as HTMLButtonElement;
  next.disabled = at === paper.items.length - 1;
  mark();
  if (focus) {
    title.focus({ preventScroll: true });
    root.scrollIntoView({ block: "start" });
  }
}

function question(item: Item): Node[] {
  const given = answers.get(item.line) ?? {};
  const stem = item.type === "fill_in" ? blanks(item, given) : h("p", { class: "exam-stem keep-lines" }, item.stem);
  const pictures = item.pictures.map((sha) => picture(sha, t("题干的图")));
  return [stem, ...pictures, ...(DRAW[item.type]?.(item, given) ?? [])];
}

function option(item: Item, kind: "radio" | "checkbox", one: Choice, index: number, on: boolean, changed: () => void, mark_ = ""): HTMLElement {
  const field = h("input", { type: kind, name: `a${item.line}`, value: one.id });
  field.checked = on;
  field.addEventListener("change", changed);
  const words = h("span", {}, one.text, ...(one.picture ? [picture(one.picture, one.text || t("选项的图"))] : []));
  return h("label", { class: "exam-option" }, field, h("b", {}, mark_ || one.id || String.fromCharCode(65 + index)), words);
}

const DRAW: Record<string, (item: Item, given: Record<string, unknown>) => Node[]> = {
  single(item, given) {
    const rows = item.options!.map((one, index) => option(item, "radio", one, index, given.choice === one.id, () => give(item.line, { choice: one.id })));
    return [h("fieldset", { class: "exam-options" }, h("legend", {}, t("选一个")), ...rows)];
  },
  multiple(item, given) {
    const chosen = (given.choices as string[] | undefined) ?? [];
    const set = h("fieldset", { class: "exam-options" }, h("legend", {}, t("选一个或几个")));
    const changed = (): void => give(item.line, { choices: [...set.querySelectorAll<HTMLInputElement>("input:checked")].map((one) => one.value) });
    set.append(...item.options!.map((one, index) => option(item, "checkbox", one, index, chosen.includes(one.id), changed)));
    return [set];
  },
  true_false(item, given) {
    const rows = [true, false].map((value, index) => option(item, "radio", { id: String(value), text: value ? t("对") : t("错") }, index,
      given.value === value, () => give(item.line, { value }), value ? "√" : "×"));
    return [h("fieldset", { class: "exam-options" }, h("legend", {}, t("这句话是对还是错")), ...rows)];
  },
  fill_in: () => [],
  matching(item, given) {
    const pairs = { ...((given.pairs as Record<string, string> | undefined) ?? {}) };
    const ends_ = h("ol", { class: "plain stack" }, ...item.right!.map((one) => h("li", {}, h("b", {}, one.id), ` ${one.text}`, ...(one.picture ? [picture(one.picture, one.text)] : []))));
    const rows = item.left!.map((one) => {
      const field = h("select", { class: "select", id: `a${item.line}-${one.id}` }, h("option", { value: "" }, t("配哪一项")),
        ...item.right!.map((end) => h("option", { value: end.id }, `${end.id} ${end.text}`)));
      field.value = pairs[one.id] ?? "";
      field.addEventListener("change", () => {
        pairs[one.id] = field.value;
        give(item.line, { pairs: { ...pairs } });
      });
      return h("div", { class: "field" }, h("label", { for: field.id }, `${one.id}. ${one.text}`), ...(one.picture ? [picture(one.picture, one.text)] : []), field);
    });
    return [ends_, h("div", { class: "stack" }, ...rows)];
  },
  ordering(item, given) {
    const order = [...((given.order as string[] | undefined) ?? [])];
    const list = h("div", { class: "exam-options", role: "group", "aria-label": t("按先后点选") });
    const draw = (): void => {
      list.querySelectorAll<HTMLElement>("button").forEach((button) => {
        const place = order.indexOf(button.dataset.id!) + 1;
        button.querySelector("b")!.textContent = place ? String(place) : "";
        button.setAttribute("aria-pressed", String(place > 0));
      });
    };
    for (const one of item.options!) {
      const button = h("button", { type: "button", class: "exam-option", "data-id": one.id }, h("b", {}), h("span", {}, one.text, ...(one.picture ? [picture(one.picture, one.text)] : [])));
      button.addEventListener("click", () => {
        const place = order.indexOf(one.id);
        if (place >= 0) order.splice(place, 1);
        else order.push(one.id);
        draw();
        give(item.line, { order: [...order] });
      });
      list.append(button);
    }
    draw();
    return [h("p", { class: "muted" }, t("按先后一个一个点；点错了再点一下取消。")), list];
  },
  short_answer(item, given) {
    const field = h("textarea", { class: "textarea", rows: 8, maxlength: 3000, "aria-label": t("作答") });
    field.value = (given.text as string | undefined) ?? "";
    field.addEventListener("input", () => give(item.line, { text: field.value }, 1_200));
    field.addEventListener("blur", () => soon(0));
    return [field];
  },
};

function blanks(item: Item, given: Record<string, unknown>): HTMLElement {
  const words = [...((given.blanks as string[] | undefined) ?? [])];
  const line = h("p", { class: "exam-stem keep-lines" }, item.parts![0] ?? "");
  item.blanks!.forEach((blank, index) => {
    const name = t("第 {n} 空", { n: index + 1 });
    const field: HTMLInputElement | HTMLSelectElement = blank.kind === "choice"
      ? h("select", { class: "select item-blank", "aria-label": name }, h("option", { value: "" }, ""), ...blank.choices!.map((one) => h("option", { value: one }, one)))
      : h("input", { class: "input item-blank", autocomplete: "off", maxlength: 200, "aria-label": name, ...(blank.kind === "number" ? { inputmode: "decimal" } : {}) });
    field.value = words[index] ?? "";
    field.addEventListener("input", () => {
      words[index] = field.value;
      give(item.line, { blanks: item.blanks!.map((_one, n) => words[n] ?? "") }, 800);
    });
    field.addEventListener("blur", () => soon(0));
    line.append(field, item.parts![index + 1] ?? "");
  });
  return line;
}

// Going about ---------------------------------------------------------------------------------------------------------

paper.items.forEach((_item, index) => {
  const button = h("button", { type: "button" }, String(index + 1));
  button.addEventListener("click", () => show(index));
  map.append(button);
});
root.querySelector("[data-back]")!.addEventListener("click", () => show(at - 1));
root.querySelector("[data-next]")!.addEventListener("click", () => show(at + 1));
const listed = (numbers: number[]): string => numbers.slice(0, 20).join("、") + (numbers.length > 20 ? "…" : "");
root.querySelector("[data-hand-in]")!.addEventListener("click", () => {
  const open = paper.items.map((item, index) => (answered(item.line) ? 0 : index + 1)).filter(Boolean);
  const unsure = paper.items.map((item, index) => (kept.unsure.includes(item.line) ? index + 1 : 0)).filter(Boolean);
  sureWords.replaceChildren(
    h("p", {}, open.length ? t("还有 {n} 题没有答：第 {list} 题。", { n: open.length, list: listed(open) }) : t("所有的题都答了。")),
    ...(unsure.length ? [h("p", {}, t("做了记号的：第 {list} 题。", { list: listed(unsure) }))] : []),
    h("p", {}, t("交卷以后不能再改。")));
  sure.showModal();
});
sure.querySelector("[data-sure-yes]")!.addEventListener("click", () => {
  sure.close();
  tell("handing", t("正在交卷…"));
  void handIn();
});
sure.querySelector("[data-sure-no]")!.addEventListener("click", () => sure.close());

document.addEventListener("keydown", (event) => {
  const field = event.target as HTMLElement;
  if (sure.open || event.ctrlKey || event.altKey || event.metaKey || /^(TEXTAREA|SELECT)$/.test(field.tagName)) return;
  if (field instanceof HTMLInputElement && field.type === "text") return;
  if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
    event.preventDefault();
    show(at + (event.key === "ArrowRight" ? 1 : -1));
  } else if (/^[a-z1-9]$/i.test(event.key)) {
    const index = /[1-9]/.test(event.key) ? Number(event.key) - 1 : event.key.toLowerCase().charCodeAt(0) - 97;
    body.querySelectorAll<HTMLElement>(".exam-option")[index]?.click();
  }
});

let leftAt = 0;
document.addEventListener("visibilitychange", () => {
  if (over) return;
  if (document.hidden) {
    leftAt = now();
    notice({ kind: "left", at: Math.round(leftAt) });
  } else if (leftAt) {
    notice({ kind: "back", at: Math.round(now()), seconds: Math.round((now() - leftAt) / 1000) });
    leftAt = 0;
  }
  soon(0);
});
window.addEventListener("online", () => soon(0));
window.addEventListener("pagehide", () => {
  if (kept.pending.length) void post("save/");
});
window.onbeforeunload = (event): void => {
  if (kept.pending.length && !remembers) event.preventDefault();
};

window.setInterval(tick, 250);
window.setInterval(remember, 5_000);
tick();
show(paper.items.findIndex((item) => !answered(item.line)) === -1 ? 0 : paper.items.findIndex((item) => !answered(item.line)), false);
remember();
tellState();
void keepPage().catch(() => undefined);  // without it the reload of a cut page fails, nothing else
if (kept.handing) void handIn();
else soon(kept.pending.length || old ? 0 : BEAT);
