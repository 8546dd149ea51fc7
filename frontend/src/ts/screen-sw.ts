// The shell of the wall screen on the device: a display that is switched on while the server is down opens its page from
// here and shows its last board. Network first, always; only the page, its styles, script and icon; nothing else of the
// system is touched.
import { keepRelease, shell, worker } from "./shell";

/** A switch that swallows everything must not leave the wall black for the minutes in which a browser gives up. */
const PATIENCE = 4000;

keepRelease("kd-screen-");

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const path = url.origin === location.origin ? url.pathname : "";
  if (request.method === "GET" && (path === shell.page || shell.files.includes(path))) event.respondWith(first(request, path));
});

/** From the server when it answers well and in time, else as this release was kept. */
async function first(request: Request, path: string): Promise<Response> {
  const kept = await (await caches.open(shell.name)).match(path, { ignoreVary: true });
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
