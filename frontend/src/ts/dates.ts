// A day as people say it, below each date field: browsers draw the field itself in the device's own format.
import { each, h, onPart } from "./util";

function words(value: string): string {
  const [day = "", clock = ""] = value.split("T");
  const at = Date.parse(`${day}T00:00Z`);
  if (Number.isNaN(at)) return "";
  const lang = document.documentElement.lang || "zh-CN";
  const said = (how: Intl.DateTimeFormatOptions): string => new Intl.DateTimeFormat(lang, { ...how, timeZone: "UTC" }).format(at);
  return `${said({ year: "numeric", month: "long", day: "numeric" })} ${said({ weekday: "short" })} ${clock}`.trim();
}

onPart((root) =>
  each(root, ".field input[type=date], .field input[type=datetime-local]", (el) => {
    const input = el as HTMLInputElement;
    const line = h("div", { class: "date-said" });
    const say = (): void => {
      line.textContent = words(input.value);
    };
    input.after(line);
    for (const name of ["input", "change"]) input.addEventListener(name, say);
    for (const name of ["kd:restored", "reset"]) input.form?.addEventListener(name, () => window.setTimeout(say));
    say();
  }),
);
