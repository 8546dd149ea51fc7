// The page of a sitting on this device: who reloads or comes back while the line is cut finds his paper and goes on.
// Network first, always. Kept are the page that the server gave last and the styles, scripts and pictures that it shows;
// answers never pass here. Whatever the server says instead of the paper (handed in, time out, not his) removes it.
import { type Asked, keepRelease, shell, worker } from "./shell";
import { KEPT, type Keep } from "./sitting";

const SCOPE = new URL("./", location.href).pathname;
const PAGE = new RegExp(`^${SCOPE}([0-9a-f-]{36})/$`);
const PICTURE = new RegExp(`^${SCOPE}[0-9a-f-]{36}/pictures/`);
const LOOKS = ["script", "style", "image", "font"];
/** A switch that swallows everything: so long a kept page waits for the server's. */
const PATIENCE = 15_000;

keepRelease("kd-away-");

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  const id = PAGE.exec(url.pathname)?.[1];
  if (request.mode === "navigate" && id) event.respondWith(page(event, id));
  else if (PICTURE.test(url.pathname) || LOOKS.includes(request.destination)) event.respondWith(part(event));
});

/** The page of a sitting as the server gives it now; as it was kept while the line is cut; else how to go on. */
async function page(event: Asked, id: string): Promise<Response> {
  const { request } = event;
  const kept = await caches.match(request.url, { cacheName: KEPT + id, ignoreVary: true });
  const answer = await inTime(fetch(request), kept !== undefined);
  if (answer && answer.status < 500) {
    const open = await opened(id, answer);
    if (open) event.waitUntil(open.put(request.url, answer.clone()));
    return answer;
  }
  const away = (): Promise<Response | undefined> => caches.match(shell.page, { cacheName: shell.name, ignoreVary: true });
  return (kept && asKept(kept)) ?? (answer?.status === 500 ? answer : await away()) ?? Response.error();
}

/** The kept page says of itself that it is, so that it does not believe its own clock and answers. */
async function asKept(kept: Response): Promise<Response> {
  const headers = new Headers(kept.headers);
  for (const name of ["Content-Encoding", "Content-Length"]) headers.delete(name);
  return new Response((await kept.text()).replace("<div data-exam=", "<div data-kept data-exam="), { headers });
}

/** Where this sitting is kept, no other one beside it; nowhere, and no more, when the answer is not its open paper. */
async function opened(id: string, answer: Response): Promise<Cache | null> {
  const open = answer.ok && answer.headers.get("X-Sitting") === "open";
  for (const key of await caches.keys()) {
    if (open ? key.startsWith(KEPT) && key !== KEPT + id : key === KEPT + id) await caches.delete(key);
  }
  return open ? caches.open(KEPT + id) : null;
}

async function inTime(answer: Promise<Response>, hurry: boolean): Promise<Response | null> {
  const cut = answer.catch(() => null);
  return hurry ? Promise.race([cut, new Promise<null>((done) => setTimeout(() => done(null), PATIENCE))]) : cut;
}

/** What the page of a sitting shows beside its words. */
async function part(event: Asked): Promise<Response> {
  const { request } = event;
  const answer = await fetch(request).catch(() => null);
  if (answer && answer.status < 500) {
    const client = await worker.clients.get(event.clientId);
    const name = KEPT + (PAGE.exec(new URL(client?.url ?? location.href).pathname)?.[1] ?? "");
    if (answer.ok && (await caches.has(name))) event.waitUntil(putInto(name, request.url, answer.clone()));
    return answer;
  }
  return (await caches.match(request.url, { ignoreVary: true })) ?? answer ?? Response.error();
}

async function putInto(name: string, url: string, answer: Response): Promise<void> {
  await (await caches.open(name)).put(url, answer);
}

// A page that came before the worker was there asks to be kept.
worker.addEventListener("message", (event) => {
  const { id, files } = event.data as Keep;
  const keep = async (): Promise<void> => {
    const url = `${SCOPE}${id}/`;
    const answer = await fetch(url, { cache: "no-store", redirect: "manual" });
    const open = await opened(id, answer);
    if (!open) return;
    await open.put(url, answer);
    for (const file of files) {
      const found = await fetch(file).catch(() => null);
      if (found?.ok) await open.put(file, found);
    }
  };
  event.waitUntil(keep().catch(() => undefined));
});
