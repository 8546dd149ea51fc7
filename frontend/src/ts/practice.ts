// 每日一题: how long an answer took, and whether it was changed; both are told with the answer.
import { onPart } from "./util";

function start(form: HTMLFormElement): void {
  const begin = performance.now();
  const touched = new Map<string, number>();
  const field = (name: string): HTMLInputElement | null => form.querySelector(`input[name="${name}"]`);
  form.addEventListener("change", (event) => {
    const el = event.target as HTMLInputElement;
    const taken = el.type === "checkbox" && !el.checked;
    const times = (touched.get(el.name) ?? 0) + 1;
    touched.set(el.name, times);
    const changed = field("changed");
    if (changed && (taken || (times > 1 && el.type !== "checkbox"))) changed.value = "1";
  });
  form.addEventListener("submit", () => {
    const seconds = field("seconds");
    if (seconds) seconds.value = String(Math.round((performance.now() - begin) / 1000));
  });
}

onPart((root) => root.querySelectorAll<HTMLFormElement>("form[data-answering]").forEach(start));
