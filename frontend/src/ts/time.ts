// Relative times of an open page do not go stale. The rules are those of kernel/timetext.py.
import { meta, onPart, t } from "./util";

const HOUR = 3600;
const DAY = 86400;

export function span(seconds: number): string {
  const s = Math.abs(seconds);
  if (s < HOUR) return t("{n} 分钟", { n: Math.max(1, Math.floor(s / 60)) });
  if (s < 2 * DAY) return t("{n} 小时", { n: Math.floor(s / HOUR) });
  if (s < 90 * DAY) return t("{n} 天", { n: Math.floor(s / DAY) });
  if (s < 730 * DAY) return t("{n} 个月", { n: Math.floor(s / (30 * DAY)) });
  return t("{n} 年", { n: Math.floor(s / (365 * DAY)) });
}

export function age(at: number, now: number): string {
  return now - at < 60 ? t("刚刚") : span(now - at);
}

export function clock(due: number, now: number): string {
  return t(due > now ? "还剩 {span}" : "已超 {span}", { span: span(due - now) });
}

/** The wall-clock day of a stamp that carries its own offset, as days since 1970. */
function wall(stamp: string): { day: number; text: string } {
  const [y = 0, m = 1, d = 1] = stamp.slice(0, 10).split("-").map(Number);
  return { day: Date.UTC(y, m - 1, d) / 86400000, text: stamp.slice(11, 16) };
}

export function said(stamp: string, now: number): string {
  const there = wall(stamp);
  const offset = /([+-])(\d\d):(\d\d)$/.exec(stamp);
  const shift = offset ? (offset[1] === "-" ? -1 : 1) * (Number(offset[2]) * 60 + Number(offset[3])) : 0;
  const today = Math.floor((now + shift * 60) / DAY);
  const near: Record<string, string> = { "0": "今天", "-1": "昨天", "-2": "前天", "1": "明天", "2": "后天" };
  const name = near[String(there.day - today)];
  if (name) return `${t(name)} ${there.text}`;
  const [y, m, d] = stamp.slice(0, 10).split("-").map(Number);
  const sameYear = new Date(today * 86400000).getUTCFullYear() === y;
  const day = sameYear ? t("{m}月{d}日", { m: m ?? 0, d: d ?? 0 }) : t("{y}年{m}月{d}日", { y: y ?? 0, m: m ?? 0, d: d ?? 0 });
  return `${day} ${there.text}`;
}

const loaded = Date.now();
const serverLoaded = Date.parse(meta("kd-now")) || loaded;

/** Now by the server's clock: a phone underground may be minutes off. */
export function now(): number {
  return (serverLoaded + Date.now() - loaded) / 1000;
}

function refresh(root: ParentNode): void {
  const at = now();
  for (const el of root.querySelectorAll<HTMLTimeElement>("time[data-rel]")) {
    const stamp = el.getAttribute("datetime") ?? "";
    const moment = Date.parse(stamp) / 1000;
    if (Number.isNaN(moment)) continue;
    const rel = el.dataset.rel;
    const words = rel === "age" ? age(moment, at) : rel === "clock" ? clock(moment, at) : said(stamp, at);
    if (el.textContent !== words) el.textContent = words;
    const chip = rel === "clock" ? el.closest(".chip-clock") : null;
    if (chip && moment <= at && !chip.classList.contains("tone-late")) {
      chip.classList.remove("tone-soon", "tone-plain");
      chip.classList.add("tone-late");
      chip.querySelector("use")?.setAttribute("href", (chip.querySelector("use")?.getAttribute("href") ?? "").replace(/#.*/, "#late"));
    }
  }
}

window.setInterval(() => refresh(document), 30000);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) refresh(document);
});
onPart(() => undefined);
