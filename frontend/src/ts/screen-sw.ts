// The shell of the wall screen on the device: a display that is switched on while the server is down opens its page from
// here and shows its last board. Network first, always; only the page, its styles, script and icon; nothing else of the
// system is touched. `shell` is written in front of this file by the server: what belongs to this release, and its name.
export {};

interface Shell { name: string; page: string; files: string[] }
interface Life extends Event { waitUntil(work: Promise<unknown>): void }
interface Asked extends Event { request: Request; respondWith(answer: Promise<Response>): void }
interface Worker {
  shell: Shell;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
  addEventListener(type: "install" | "activate", act: (event: Life) => void): void;
  addEventListener(type: "fetch", act: (event: Asked) => void): void;
}

const worker = self as unknown as Worker;
const { name, page, files } = worker.shell;
const OURS = "kd-screen-";
/** A switch that swallows everything must not leave the wall black for the minutes in which a browser gives up. */
const PATIENCE = 4000;

// All of a release or nothing: while one file is missing the release before stays.
worker.addEventListener("install", (event) => {
  const fresh = [page, ...files].map((url) => new Request(url, { cache: "reload", credentials: "omit" }));
  event.waitUntil(caches.open(name).then((cache) => cache.addAll(fresh)).then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (event) => {
  const old = async (): Promise<void> => {
    for (const key of await caches.keys()) if (key.startsWith(OURS) && key !== name) await caches.delete(key);
  };
  event.waitUntil(old().then(() => worker.clients.claim()));
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const path = url.origin === location.origin ? url.pathname : "";
  if (request.method === "GET" && (path === page || files.includes(path))) event.respondWith(first(request, path));
});

/** From the server when it answers well and in time, else as this release was kept. */
async function first(request: Request, path: string): Promise<Response> {
  const kept = await (await caches.open(name)).match(path, { ignoreVary: true });
  const hurry = new AbortController();
  const late = setTimeout(() => { if (kept) hurry.abort(); }, PATIENCE);
  try {
    const answer = await fetch(request.url, { credentials: "omit", cache: "no-cache", signal: hurry.signal });
    if (answer.ok || !kept) return answer;
  } catch (fault) {
    if (!kept) throw fault;
  } finally {
    clearTimeout(late);
  }
  return kept;
}
