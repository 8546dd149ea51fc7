// What the service workers share. `shell` is written in front of each by the server: the page and the files that it
// keeps of this release, and the name under which it keeps them.
interface Shell { name: string; page: string; files: string[] }
interface Life extends Event { waitUntil(work: Promise<unknown>): void }
export interface Asked extends Life { request: Request; clientId: string; respondWith(answer: Promise<Response>): void }
export interface Told extends Life { data: unknown }
interface Worker {
  shell: Shell;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void>; get(id: string): Promise<{ url: string } | undefined> };
  addEventListener(type: "install" | "activate", act: (event: Life) => void): void;
  addEventListener(type: "fetch", act: (event: Asked) => void): void;
  addEventListener(type: "message", act: (event: Told) => void): void;
}

export const worker = self as unknown as Worker;
export const shell = worker.shell;

/** All of a release or nothing: while one file is missing the release before stays; then it goes. */
export function keepRelease(ours: string): void {
  worker.addEventListener("install", (event) => {
    const fresh = [shell.page, ...shell.files].map((url) => new Request(url, { cache: "reload", credentials: "omit" }));
    event.waitUntil(caches.open(shell.name).then((cache) => cache.addAll(fresh)).then(() => worker.skipWaiting()));
  });
  worker.addEventListener("activate", (event) => {
    const old = async (): Promise<void> => {
      for (const key of await caches.keys()) if (key.startsWith(ours) && key !== shell.name) await caches.delete(key);
    };
    event.waitUntil(old().then(() => worker.clients.claim()));
  });
}
