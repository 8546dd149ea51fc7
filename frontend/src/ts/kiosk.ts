// The kiosk in a book room: number keys on the glass for a device without a keyboard, and a scan that always lands in
// the field, wherever somebody has touched the screen before.
import { t } from "./util";

const pad = document.querySelector<HTMLElement>("[data-keypad]");
const field = document.querySelector<HTMLInputElement>("[data-keys]");

function key(label: string, act: () => void, name = label): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = label;
  button.setAttribute("aria-label", name);
  button.addEventListener("click", () => {
    act();
    field?.focus();
  });
  return button;
}

if (pad && field) {
  for (const digit of ["1", "2", "3", "4", "5", "6", "7", "8", "9"]) pad.append(key(digit, () => (field.value += digit)));
  pad.append(key("ABC", () => (field.inputMode = "text"), t("字母键盘")));
  pad.append(key("0", () => (field.value += "0")));
  pad.append(key("⌫", () => (field.value = field.value.slice(0, -1)), t("删一位")));
  pad.hidden = false;
}
if (field) {
  document.addEventListener("keydown", (event) => {
    const elsewhere = event.target instanceof HTMLElement && event.target.matches("input, textarea, select");
    if (!elsewhere && event.key.length === 1 && !event.ctrlKey && !event.metaKey) field.focus();
  });
}

// A hand scanner ends each code with Enter: in a field of several lines that means “send”, not “next line”.
for (const area of document.querySelectorAll<HTMLTextAreaElement>("textarea[data-enter-sends]")) {
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      area.form?.requestSubmit();
    }
  });
}
