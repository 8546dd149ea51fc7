// What the network does is said in words: busy line, offline notice, failures, one submit at a time.
import { toast } from "./toast";
import { meta, onPart, startPart, t } from "./util";

let running = 0;
let timer = 0;

function busy(step: number): void {
  running = Math.max(0, running + step);
  window.clearTimeout(timer);
  const line = document.querySelector("[data-busy]");
  if (!running) line?.classList.remove("is-on");
  else timer = window.setTimeout(() => line?.classList.add("is-on"), 150);
}

document.addEventListener("htmx:beforeRequest", () => busy(1));
document.addEventListener("htmx:afterRequest", () => busy(-1));
document.addEventListener("htmx:sendError", () => toast(t("没有连上，请看看网络再试。"), "offline"));
document.addEventListener("htmx:timeout", () => toast(t("等得太久，没有回音，请再试一次。"), "offline"));
document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail;
  if (xhr.status === 401 || xhr.status === 403) toast(t("登录已过期或没有权限，请重新登录。"), "lock", 0);
  else toast(t("没有办成（{code}），请过一会儿再试。", { code: xhr.status }), "refuse");
});
document.addEventListener("htmx:configRequest", (event) => {
  const detail = (event as CustomEvent<{ headers: Record<string, string>; verb: string }>).detail;
  if (detail.verb !== "get") detail.headers["X-CSRFToken"] = meta("csrf-token");
});
document.addEventListener("htmx:load", (event) => {
  const root = (event as CustomEvent<{ elt?: Element }>).detail.elt;
  if (root) startPart(root);
});

function offline(): void {
  const bar = document.querySelector<HTMLElement>("[data-offline]");
  if (bar) bar.hidden = navigator.onLine;
}
window.addEventListener("online", offline);
window.addEventListener("offline", offline);
onPart(() => offline());

document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  if (event.defaultPrevented || !form.hasAttribute("data-once")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  (event.submitter as HTMLElement | null)?.classList.add("is-busy");
});

/** The page came back from the browser's memory: buttons live again. */
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll(".is-busy")) button.classList.remove("is-busy");
});

document.addEventListener("click", (event) => {
  const target = event.target as Element;
  const rail = document.getElementById("rail");
  if (target.closest("[data-rail-open]")) {
    event.preventDefault();
    rail?.classList.add("is-open");
    rail?.querySelector<HTMLElement>("a")?.focus();
  } else if (target.closest("[data-rail-close]") || (rail?.classList.contains("is-open") && !rail.contains(target))) {
    if (target.closest("[data-rail-close]")) event.preventDefault();
    rail?.classList.remove("is-open");
  }
  if (target.closest("[data-print]")) window.print();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.getElementById("rail")?.classList.remove("is-open");
});

/** A long menu shows the line of the page that one is on. */
onPart((root) => {
  if (root === document) document.querySelector("#rail [aria-current]")?.scrollIntoView({ block: "nearest" });
});

/** The snapshot number stands at the foot of every printed page, not only of the last. */
onPart((root) => {
  const text = root.querySelector("[data-snapshot]")?.textContent?.trim();
  if (!text || !("adoptedStyleSheets" in document)) return;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`@page { @bottom-left { content: "${text.replace(/["\\\n]/g, " ")}"; font: 8.5pt serif; } }`);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
});
