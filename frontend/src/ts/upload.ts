// Photos: each is scaled, hashed and sent alone. What was taken stays on the device (IndexedDB) until the server has
// acknowledged exactly that file; only then does its number go into the form.
import type { Restorable } from "./draft";
import { sha256 } from "./sha256";
import { toast } from "./toast";
import { each, h, icon, meta, onPart, t, who } from "./util";

const LONGEST = 1600;
const WAITS = [1000, 3000, 10000, 30000];

interface Kept {
  id: string;
  place: string;
  sha: string;
  blob: Blob;
  at: number;
}

// ---------------------------------------------------------------- what is kept on the device

function database(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("kuangdeng-photos", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("photos", { keyPath: "id" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("indexedDB"));
  });
}

async function inStore<T>(mode: IDBTransactionMode, run: (s: IDBObjectStore) => IDBRequest<T>): Promise<T | null> {
  try {
    const db = await database();
    return await new Promise<T>((resolve, reject) => {
      const request = run(db.transaction("photos", mode).objectStore("photos"));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error("indexedDB"));
    });
  } catch {
    return null; // a private window keeps nothing; the photo still goes out
  }
}

// ---------------------------------------------------------------- scaling

async function scaled(file: Blob): Promise<Blob> {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const ratio = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = h("canvas", { width: Math.round(picture.width * ratio), height: Math.round(picture.height * ratio) });
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/jpeg", 0.85));
    return blob && (ratio < 1 || blob.size < file.size) ? blob : file;
  } catch {
    return file; // a format this browser cannot draw: the server decides
  }
}

// ---------------------------------------------------------------- one photo on its way

type Phase = "making" | "sending" | "waiting" | "failed" | "stored";

class Item {
  phase: Phase = "making";
  sha = "";
  blob: Blob | null = null;
  tries = 0;
  private xhr: XMLHttpRequest | null = null;
  private readonly bar = h("progress", { max: 100, value: 0, "aria-label": t("上传进度") });
  private readonly state = h("span", { class: "upload-state" });
  private readonly img = h("img", { alt: t("要传的照片") });
  readonly el = h("div", { class: "upload-item" });

  constructor(
    private readonly holder: Upload,
    readonly id: string,
  ) {
    const remove = h("button", { type: "button", class: "upload-remove", "aria-label": t("删掉这张") }, icon("close"));
    remove.addEventListener("click", () => this.remove());
    this.el.append(h("span", { class: "photo-frame" }, this.img), this.bar, this.state, remove);
  }

  show(blob: Blob): void {
    this.img.src = URL.createObjectURL(blob);
    this.img.addEventListener("load", () => URL.revokeObjectURL(this.img.src), { once: true });
  }

  say(phase: Phase, text: string): void {
    this.phase = phase;
    this.el.classList.toggle("is-failed", phase === "failed");
    this.el.classList.toggle("is-stored", phase === "stored");
    this.bar.hidden = phase === "stored" || phase === "failed";
    this.state.replaceChildren(...(phase === "stored" ? [icon("done")] : []), text);
    if (phase === "failed" || phase === "waiting") {
      const again = h("button", { type: "button", class: "retry" }, t("再传"));
      again.addEventListener("click", () => void this.send());
      this.state.append(again);
    }
    this.holder.changed();
  }

  async take(file: Blob): Promise<void> {
    this.show(file);
    this.say("making", t("在处理…"));
    this.blob = await scaled(file);
    this.sha = await sha256(await this.blob.arrayBuffer());
    if (this.holder.has(this.sha, this)) {
      this.el.remove();
      this.holder.drop(this);
      toast(t("这张照片已经在了。"));
      return;
    }
    const kept: Kept = { id: this.id, place: this.holder.place, sha: this.sha, blob: this.blob, at: Date.now() };
    await inStore("readwrite", (s) => s.put(kept));
    await this.send();
  }

  resume(kept: Kept): void {
    this.blob = kept.blob;
    this.sha = kept.sha;
    this.show(kept.blob);
    void this.send();
  }

  send(): Promise<void> {
    if (!this.blob || this.phase === "sending" || this.phase === "stored") return Promise.resolve();
    this.say("sending", t("在传…"));
    return new Promise((resolve) => {
      const xhr = (this.xhr = new XMLHttpRequest());
      xhr.open("PUT", `${this.holder.put}${this.sha}`);
      xhr.setRequestHeader("X-CSRFToken", meta("csrf-token"));
      xhr.setRequestHeader("Content-Type", this.blob?.type || "application/octet-stream");
      xhr.timeout = 180000;
      xhr.upload.onprogress = (e) => {
        if (e.lengthComputable) this.bar.value = (100 * e.loaded) / e.total;
      };
      xhr.onload = () => {
        this.answered(xhr);
        resolve();
      };
      xhr.onerror = xhr.ontimeout = () => {
        this.later();
        resolve();
      };
      xhr.send(this.blob);
    });
  }

  private answered(xhr: XMLHttpRequest): void {
    let answer: { sha256?: string; message?: string } = {};
    try {
      answer = JSON.parse(xhr.responseText) as typeof answer;
    } catch {
      /* not our server's words */
    }
    if (xhr.status >= 200 && xhr.status < 300 && answer.sha256 === this.sha) {
      this.stored();
      void inStore("readwrite", (s) => s.delete(this.id));
    } else if (xhr.status >= 400 && xhr.status < 500 && xhr.status !== 408 && xhr.status !== 429) {
      this.say("failed", answer.message || t("服务器不收这张（{code}）。", { code: xhr.status }));
    } else this.later();
  }

  private later(): void {
    const wait = WAITS[Math.min(this.tries++, WAITS.length - 1)] ?? 30000;
    this.say("waiting", t("没传上，等网络…"));
    window.setTimeout(() => {
      if (this.phase === "waiting") void this.send();
    }, wait);
  }

  stored(): void {
    this.el.append(h("input", { type: "hidden", name: this.holder.name, value: this.sha }));
    this.el.dataset.sha = this.sha;
    this.say("stored", t("已存好"));
  }

  /** One that the server already holds, from the page or from a draft. */
  known(sha: string): void {
    this.sha = sha;
    this.img.src = `${this.holder.put}${sha}?size=thumb`;
    this.stored();
  }

  remove(): void {
    this.xhr?.abort();
    this.phase = "stored";
    this.el.remove();
    this.holder.drop(this);
    void inStore("readwrite", (s) => s.delete(this.id));
  }
}

// ---------------------------------------------------------------- the widget

class Upload {
  readonly name: string;
  readonly put: string;
  readonly place: string;
  private readonly limit: number;
  private readonly list: HTMLElement;
  private readonly form: HTMLFormElement | null;
  private items: Item[] = [];
  private waiting: HTMLElement | null | undefined;

  constructor(private readonly el: Restorable) {
    this.name = el.dataset.name ?? "photos";
    this.put = el.dataset.put ?? "/photos/";
    this.limit = Number(el.dataset.limit) || 9;
    this.list = el.querySelector<HTMLElement>("[data-list]") ?? el;
    this.form = el.closest("form");
    this.place = `${who()}|${this.form?.dataset.draft ?? location.pathname}|${this.name}`;
    for (const old of [...this.list.querySelectorAll<HTMLElement>("[data-sha]")]) {
      this.add().known(old.dataset.sha ?? "");
      old.remove();
    }
    el.querySelector<HTMLInputElement>("[data-file]")?.addEventListener("change", (e) => this.chosen(e.target as HTMLInputElement));
    this.form?.addEventListener("submit", (e) => this.guard(e), true);
    window.addEventListener("online", () => this.items.forEach((i) => i.phase === "waiting" && void i.send()));
    el.kdRestore = (values) => {
      for (const sha of values) if (!this.has(sha)) this.add().known(sha);
    };
    void this.resume();
  }

  private add(id = `${Date.now()}-${Math.random().toString(36).slice(2)}`): Item {
    const item = new Item(this, id);
    this.items.push(item);
    this.list.append(item.el);
    return item;
  }

  private chosen(input: HTMLInputElement): void {
    const files = [...(input.files ?? [])];
    const room = this.limit - this.items.length;
    if (files.length > room) toast(t("最多 {n} 张照片。", { n: this.limit }), "photo");
    input.value = "";
    void files.slice(0, Math.max(0, room)).reduce((before, file) => {
      const item = this.add();
      item.show(file);
      return before.then(() => item.take(file));
    }, Promise.resolve());
  }

  private async resume(): Promise<void> {
    const all = (await inStore<Kept[]>("readonly", (s) => s.getAll() as IDBRequest<Kept[]>)) ?? [];
    for (const kept of all) {
      if (kept.place === this.place && !this.has(kept.sha)) this.add(kept.id).resume(kept);
    }
  }

  has(sha: string, except?: Item): boolean {
    return this.items.some((i) => i !== except && i.sha === sha);
  }

  drop(item: Item): void {
    this.items = this.items.filter((i) => i !== item);
    this.changed();
  }

  changed(): void {
    this.form?.dispatchEvent(new CustomEvent("kd:change"));
    if (this.waiting === undefined || this.items.some((i) => i.phase !== "stored")) return;
    const submitter = this.waiting;
    this.waiting = undefined;
    this.form?.requestSubmit(submitter);
  }

  private guard(event: SubmitEvent): void {
    const open = this.items.filter((i) => i.phase !== "stored");
    if (!open.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (open.some((i) => i.phase === "failed")) {
      toast(t("有照片没有传上，请再传或者删掉。"), "photo");
      this.el.scrollIntoView({ block: "center" });
      return;
    }
    this.waiting = event.submitter;
    toast(t("还有 {n} 张照片在传，传完自动接着办。", { n: open.length }), "upload");
  }
}

onPart((root) => each(root, "[data-upload]", (el) => new Upload(el)));
