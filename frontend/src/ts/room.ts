// The screen in the room: a code that changes every few seconds, who is missing, a card reader's field.
// The server's clock alone decides which code is shown: the wall clock of this computer may be wrong by a day.
import { meta, t } from "./util";

type Code = { begins: number; ends: number; svg: string };
type Answer = { now: number; said: string; codes: Code[] };

const room = document.querySelector<HTMLElement>("[data-room]");
const FETCH = 20_000; // a new minute of codes every 20 s, so that a cut of 40 s goes unnoticed
const LIVE = 4_000;

function start(root: HTMLElement): void {
  const box = root.querySelector<HTMLElement>("[data-code]")!;
  const saidBox = root.querySelector<HTMLElement>("[data-said]")!;
  const part = root.querySelector<HTMLElement>("[data-live-part]")!;
  const stamp = root.querySelector<HTMLElement>("[data-stamp]")!;
  let codes: Code[] = [];
  let said = "";
  let base = 0; // server seconds when this page's own stopwatch stood at zero
  let shown = "";
  let lastLive = performance.now();
  let etag = "";

  const serverNow = (): number => base + performance.now() / 1000;

  async function fetchCodes(): Promise<void> {
    const asked = performance.now();
    try {
      const answer = await fetch(root.dataset.codes!, { headers: { Accept: "application/json" }, cache: "no-store" });
      if (!answer.ok) return;
      const body = (await answer.json()) as Answer;
      // Half of the way there and back: the code must not be shown before the server knows it.
      base = body.now - (asked + performance.now()) / 2000;
      codes = body.codes;
      said = body.said;
      tick();
    } catch {
      /* the codes in hand bridge it; when they are used up the screen says so */
    }
  }

  function tick(): void {
    if (!base) return;
    const at = serverNow();
    const code = codes.find((one) => one.begins <= at && at < one.ends);
    if (code && code.svg !== shown) box.innerHTML = shown = code.svg;
    box.hidden = !code;
    saidBox.hidden = Boolean(code);
    if (!code) {
      shown = "";
      saidBox.textContent = said || t("网络断了，暂时不能扫码。请刷工作证，或用纸质签到表。");
    }
    const age = (performance.now() - lastLive) / 1000;
    stamp.textContent = age > 15 ? t("网络断了，名单停在 {n} 秒前", { n: Math.round(age) }) : "";
    stamp.classList.toggle("late-text", age > 15);
  }

  async function fetchLive(): Promise<void> {
    try {
      const headers: Record<string, string> = etag ? { "If-None-Match": etag } : {};
      const answer = await fetch(root.dataset.live!, { headers, cache: "no-store" });
      if (answer.status === 200) {
        etag = answer.headers.get("ETag") ?? "";
        part.innerHTML = await answer.text();
      }
      if (answer.ok || answer.status === 304) lastLive = performance.now();
    } catch {
      /* the stamp tells how old the list is */
    }
  }

  const form = root.querySelector<HTMLFormElement>("[data-card]");
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    const data = new FormData(form);
    form.reset();
    const line = root.querySelector<HTMLElement>("[data-card-said]")!;
    fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json", "X-CSRFToken": meta("csrf-token") } })
      .then(async (answer) => {
        const body = (await answer.json()) as { said: string; ok: boolean };
        line.textContent = body.said;
        line.classList.toggle("late-text", !body.ok);
        void fetchLive();
      })
      .catch(() => {
        line.textContent = t("没有连上，请看看网络再试。");
        line.classList.add("late-text");
      });
  });

  void fetchCodes();
  window.setInterval(() => void fetchCodes(), FETCH);
  window.setInterval(() => void fetchLive(), LIVE);
  window.setInterval(tick, 250);
}

if (room) start(room);
