// Short words at the edge of the screen; they go by themselves and can be sent away.
import { h, icon, t } from "./util";

export function toast(text: string, mark = "info", stay = 6000): void {
  const holder = document.querySelector<HTMLElement>("[data-toasts]") ?? document.body;
  const close = h("button", { type: "button", "aria-label": t("关闭") }, icon("close"));
  const el = h("div", { class: "toast" }, icon(mark), h("span", {}, text), close);
  close.addEventListener("click", () => el.remove());
  holder.append(el);
  if (stay) window.setTimeout(() => el.remove(), stay);
}

document.addEventListener("kd:toast", (event) => {
  const detail = (event as CustomEvent<{ text?: string; mark?: string; value?: string }>).detail;
  toast(detail.text ?? detail.value ?? "", detail.mark);
});
