// 下达: once a unit is picked, the deadline that the rule gives it, and its own people to choose from.
// What somebody set himself is never written over.
import { onPart } from "./util";

interface Proposal {
  due_at: string;
  rule: string;
}

function start(el: HTMLElement): void {
  const unit = document.querySelector<HTMLElement>('[data-picker][data-name="unit"]');
  const person = document.querySelector<HTMLElement>('[data-picker][data-name="person"]');
  const due = document.querySelector<HTMLInputElement>('input[name="due_at"]');
  const help = document.getElementById("id_due_at-help");
  if (!unit || !due) return;
  let own = false;
  due.addEventListener("input", () => (own = true));
  const follow = (id: string): void => {
    if (!person) return;
    const url = new URL(person.dataset.url ?? "", location.href);
    if (id) url.searchParams.set("unit", id);
    else url.searchParams.delete("unit");
    person.dataset.url = url.pathname + url.search;
  };
  follow(unit.querySelector<HTMLInputElement>("[data-value]")?.value ?? "");
  unit.addEventListener("kd:picked", (event) => {
    const { id } = (event as CustomEvent<{ id: string }>).detail;
    follow(id);
    if (!id || own) return;
    void fetch(`${el.dataset.dueProposal ?? ""}?unit=${encodeURIComponent(id)}`, { headers: { Accept: "application/json" } })
      .then((answer) => (answer.ok ? (answer.json() as Promise<Proposal>) : null))
      .then((found) => {
        if (!found?.due_at || own) return;
        due.value = found.due_at;
        due.dispatchEvent(new Event("change", { bubbles: true }));
        if (help) help.textContent = found.rule;
      })
      .catch(() => undefined); // offline: the person sets the deadline himself
  });
}

onPart((root) => root.querySelectorAll<HTMLElement>("[data-due-proposal]").forEach(start));
