// Beside a sitting: its door, its end, the list of one's exams. The worker that keeps the page of a sitting is made
// ready there, and what a cut line left behind on this device is brought to the server, whoever comes next.
import { BUFFER, type Local, reckoned, settle } from "./sitting";
import { meta, store } from "./util";

const script = meta("kd-sitting-worker");
const home = script.replace(/[^/]*$/, "");

/** Browsers allow this over HTTPS and on this machine only; without it all but the reload of a cut page holds. */
async function makeReady(): Promise<void> {
  if (!window.isSecureContext || !("serviceWorker" in navigator)) return;
  try {
    if (!(await navigator.serviceWorker.getRegistration(home))) await navigator.serviceWorker.register(script, { updateViaCache: "none" });
  } catch { /* a private window keeps nothing */ }
}

function left(): string[] {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(BUFFER));
  } catch {
    return [];
  }
}

/** Send what is left of one sitting; whether the server wrote something that it did not have. */
async function bring(key: string): Promise<boolean> {
  const kept = store.read<Local>(key);
  const address = `${home}${key.slice(BUFFER.length)}/`;
  let news = false;
  while (kept?.pending?.length) {
    if (kept.pending.some((one) => one.loose)) {
      const answer = await fetch(`${address}state/`, { cache: "no-store", credentials: "same-origin" });
      if (!answer.ok) return news;
      settle(kept.pending, ((await answer.json()) as { now: number }).now - reckoned(kept));
    }
    const out = kept.pending.slice(0, 300);
    const answer = await fetch(`${address}save/`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ answers: out, log: [] }),
      cache: "no-store", credentials: "same-origin",
    });
    if (!answer.ok) return news;
    const said = (await answer.json()) as { status: string; written: number };
    news ||= said.written > 0;
    kept.pending = kept.pending.slice(out.length);
    if (!kept.pending.length && said.status !== "sitting") store.drop(key);
    else store.write(key, kept);
  }
  return news;
}

async function bringAll(): Promise<void> {
  let news = false;
  for (const key of left()) news = (await bring(key).catch(() => false)) || news;
  const over = meta("kd-sitting-over");
  if (over && !store.read<Local>(BUFFER + over)?.pending?.length) store.drop(BUFFER + over);
  if (over && news) location.reload();
}

if (script) {
  void makeReady();
  // The page of a sitting sends its own.
  if (!document.querySelector("[data-exam]")) void bringAll();
  // The door answers a form with a page: who goes back comes to the door, not to the browser's question about the form.
  history.replaceState(history.state, "", location.href);
}
