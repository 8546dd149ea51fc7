// The wall screen: one page that is opened once and never left. It polls one JSON, draws into the hidden one of two
// faces and swaps them, keeps the last good feed in memory and on the device, and says how old it is.
import { h, t } from "./util";

interface Figure { label: string; value: string; tone: string }
interface Row { lead: string; text: string; end: string; tone: string }
interface Page {
  board: string; title: string; seconds: number; figures: Figure[]; rows: Row[]; lines: string[]; note: string; part: string;
  until: number;
}
interface Feed {
  format: number; state: "on" | "pairing"; refresh: number; code?: string; screen?: string; layout?: string; amber?: number;
  red?: number; pages?: Page[];
}
/** `at` is the server's clock at the last answer, `ahead` how far it is before ours, `zone` the mine's minutes from UTC. */
interface Kept { feed: Feed; etag: string; at: number; ahead: number; zone: number }

const FORMAT = 1;
const KEY = "kd-screen";
const PATIENCE = 20_000;
const address = document.querySelector<HTMLMetaElement>('meta[name="kd-feed"]')?.content ?? "feed";
const wall = document.querySelector<HTMLElement>("[data-wall]")!;
const stamp = document.querySelector<HTMLElement>("[data-stamp]")!;
const plate = document.querySelector<HTMLElement>("[data-name]")!;
let [shown, hidden] = Array.from(document.querySelectorAll<HTMLElement>("[data-face]")) as [HTMLElement, HTMLElement];

let kept: Kept | null = read();
let pages: Page[] = [];
let at = -1;
let turning = 0;
let drawn: Page | null = null;

// The device's memory may be forbidden or full: then the screen lives without it.
function read(): Kept | null {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "null") as Kept | null;
  } catch {
    return null;
  }
}

function keep(): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch { /* the last good feed stays in memory */ }
}

/** Who this display is: from its fixed address, from its memory, or new. */
function secret(): string {
  const given = location.hash.slice(1);
  if (/^[\w-]{32,100}$/.test(given)) return given;
  let own = "";
  try {
    own = localStorage.getItem(`${KEY}-secret`) ?? "";
  } catch { /* made anew */ }
  if (!own) {
    own = Array.from(crypto.getRandomValues(new Uint8Array(24)), (byte) => byte.toString(16).padStart(2, "0")).join("");
    try {
      localStorage.setItem(`${KEY}-secret`, own);
    } catch { /* known until the power goes */ }
  }
  return own;
}
const me = secret();

const now = (): number => Date.now() + (kept?.ahead ?? 0);

async function poll(): Promise<void> {
  const hurry = new AbortController();
  const late = window.setTimeout(() => hurry.abort(), PATIENCE);
  try {
    const headers: Record<string, string> = { Authorization: `Bearer ${me}` };
    if (kept) headers["If-None-Match"] = `"${kept.etag}"`;
    const on = encodeURIComponent(pages[at]?.board ?? "");
    const answer = await fetch(`${address}?on=${on}`, { headers, cache: "no-store", credentials: "omit", signal: hurry.signal });
    if (answer.status === 200) take((await answer.json()) as Feed, answer);
    else if (answer.status === 304 && kept) confirmed(answer, kept.feed, kept.etag);
  } catch { /* no network, no server, or half an answer: what hangs there stays */ } finally {
    window.clearTimeout(late);
  }
  age();
  window.setTimeout(() => void poll(), (kept?.feed.refresh ?? 5) * 1000);
}

function confirmed(answer: Response, feed: Feed, etag: string): void {
  const [server = Date.now(), zone = 480] = (answer.headers.get("X-Screen-Time") ?? "").split(" ").filter(Boolean).map(Number);
  kept = { feed, etag, at: server, ahead: server - Date.now(), zone };
  keep();
}

function take(feed: Feed, answer: Response): void {
  if (feed.format !== FORMAT) return anew(feed.format);
  confirmed(answer, feed, (answer.headers.get("ETag") ?? "").replace(/^W\/|"/g, ""));
  play();
}

/** The system was replaced by a release that speaks otherwise: fetch its page, once for each such release. */
function anew(format: number): void {
  if (sessionStorage.getItem(`${KEY}-format`) === String(format)) return;
  sessionStorage.setItem(`${KEY}-format`, String(format));
  location.reload();
}

const due = (page: Page): boolean => !page.until || page.until > now();
const same = (a: Page, b: Page): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Go on with a new feed: the page that hangs stays when it is still in it, else what came after it is shown at once. */
function play(): void {
  if (!kept) return;
  const { feed } = kept;
  wall.dataset.layout = feed.layout ?? "";
  plate.textContent = feed.screen ?? "";
  const before: Page | undefined = pages[at];
  pages = feed.state === "pairing" ? [] : (feed.pages ?? []);
  if (feed.state === "pairing") return pairing(feed.code ?? "");
  const still = before && drawn === before ? pages.findIndex((page) => same(page, before)) : -1;
  if (still >= 0) [at, drawn] = [still, pages[still]!];
  else turn(Math.max(0, at));
}

function pairing(code: string): void {
  window.clearTimeout(turning);
  at = -1;
  const words = code ? [h("p", { class: "code" }, `${code.slice(0, 3)} ${code.slice(3)}`)] : [];
  const help = code ? t("请把这个配对码登记到“电子屏”页面。") : t("等待配对的屏太多，请稍候。");
  draw("pairing", h("h1", {}, t("电子屏尚未配对")), ...words, h("p", { class: "help" }, help));
}

/** Show the page with this number, or the next one whose time is not over. */
function turn(to: number): void {
  window.clearTimeout(turning);
  const order = pages.map((_page, ahead) => (to + ahead) % pages.length);
  const next = order.find((number) => due(pages[number]!));
  const page = pages[next ?? -1];
  if (next === undefined || !page) {
    at = -1;
    draw("empty", h("h1", {}, plate.textContent ?? ""));
    turning = window.setTimeout(() => turn(0), 10_000);
    return;
  }
  if (drawn !== page) drawPage(page);
  at = next;
  const rest = page.until ? Math.max(1000, page.until - now()) : Infinity;
  turning = window.setTimeout(() => turn(at + 1), Math.min(page.seconds * 1000, rest));
}

/** One figure alone is what the board is about; more than four stand three in a row where the display is narrow. */
function figuresClass({ figures, rows }: Page): string {
  return figures.length === 1 && !rows.length ? "figures alone" : figures.length > 4 ? "figures many" : "figures";
}

function drawPage(page: Page): void {
  const head = h("header", {}, h("h1", {}, page.title));
  if (page.part) head.append(h("span", { class: "part" }, page.part));
  const parts: Node[] = [head];
  if (page.figures.length)
    parts.push(h("dl", { class: figuresClass(page) }, ...page.figures.map((one) => h("div", { class: `tone-${one.tone}` },
      h("dd", {}, one.value), h("dt", {}, one.label)))));
  if (page.rows.length)
    parts.push(h("ol", { class: "rows" }, ...page.rows.map((row) => h("li", { class: `tone-${row.tone}` },
      h("span", { class: "lead" }, row.lead), h("span", { class: "text" }, row.text), h("span", { class: "end" }, row.end)))));
  if (page.lines.length) parts.push(h("div", { class: "lines" }, ...page.lines.map((line) => h("p", {}, line))));
  if (page.note) parts.push(h("p", { class: "note" }, page.note));
  draw(page.board || "plain", ...parts);
  drawn = page;
}

/** Fill the hidden face, then swap: nobody ever sees half a board. */
function draw(kind: string, ...parts: Node[]): void {
  hidden.className = `face face-${kind}`;
  hidden.replaceChildren(...parts);
  hidden.hidden = false;
  shown.hidden = true;
  shown.replaceChildren();
  [shown, hidden] = [hidden, shown];
  drawn = null;
  wall.classList.toggle("is-alarm", kind === "interrupt");
}

/** The mine's wall clock in the UTC fields of a date: a display box may stand in any time zone. */
const there = (moment: number, zone: number): Date => new Date(moment + zone * 60_000);
const two = (n: number): string => String(n).padStart(2, "0");

/** 数据截至 14:20; with the day when that was not today; amber, then red, with the minutes in words. */
function age(): void {
  if (!kept || kept.feed.state === "pairing") {
    stamp.textContent = "";
    return;
  }
  const moment = there(kept.at, kept.zone);
  const minutes = Math.max(0, Math.floor((now() - kept.at) / 60_000));
  const today = there(now(), kept.zone).getUTCDate() === moment.getUTCDate() && minutes < 1440;
  const day = today ? "" : `${t("{m}月{d}日", { m: moment.getUTCMonth() + 1, d: moment.getUTCDate() })} `;
  const words = t("数据截至 {time}", { time: `${day}${two(moment.getUTCHours())}:${two(moment.getUTCMinutes())}` });
  const tone = minutes >= (kept.feed.red ?? 8) ? "red" : minutes >= (kept.feed.amber ?? 3) ? "amber" : "fresh";
  const said = tone === "fresh" ? words : `${words} · ${t("已有 {n} 分钟没有更新", { n: minutes })}`;
  if (stamp.textContent !== said) stamp.textContent = said;
  stamp.dataset.tone = tone;
}

/** The page itself is kept on the device too, so that a display that starts without a server is not a blank one.
 *  Browsers allow that over HTTPS and on this machine only. Every hour it is asked whether a release has replaced it. */
async function keepShell(): Promise<void> {
  const script = document.querySelector<HTMLMetaElement>('meta[name="kd-shell"]')?.content;
  if (!script || !window.isSecureContext || !("serviceWorker" in navigator)) return;
  try {
    const shell = await navigator.serviceWorker.register(script, { updateViaCache: "none" });
    window.setInterval(() => void shell.update().catch(() => undefined), 3_600_000);
  } catch { /* no shell on this device: the screen lives as long as its page */ }
}

play();
age();
void poll();
void keepShell();
