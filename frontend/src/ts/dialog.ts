// Dialogs and menus: opened by links that also work without scripts.
import { onPart } from "./util";

export function openDialog(id: string): HTMLDialogElement | null {
  const dialog = document.getElementById(id);
  if (!(dialog instanceof HTMLDialogElement)) return null;
  if (!dialog.open) dialog.showModal();
  dialog.querySelector<HTMLElement>("[autofocus], .dialog-body input:not([type=hidden]), .dialog-body select, .dialog-body textarea")?.focus();
  return dialog;
}

document.addEventListener("click", (event) => {
  const target = event.target as Element;
  const opener = target.closest<HTMLElement>("[data-dialog]");
  if (opener && openDialog(opener.dataset.dialog ?? "")) {
    event.preventDefault();
    opener.closest("details")?.removeAttribute("open");
    return;
  }
  if (target.closest("[data-close]")) target.closest("dialog")?.close();
  if (target instanceof HTMLDialogElement && target.open) {
    const box = target.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) target.close();
  }
  for (const open of document.querySelectorAll<HTMLDetailsElement>("details[data-menu][open], details[data-filter][open]")) {
    if (!open.contains(target)) open.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  const opener = (event.target as Element).closest?.<HTMLElement>("[data-dialog][role=button]");
  if (opener && event.key === " ") {
    event.preventDefault();
    opener.click();
  }
  if (event.key !== "Escape") return;
  for (const open of document.querySelectorAll<HTMLDetailsElement>("details[data-menu][open], details[data-filter][open]")) {
    open.open = false;
    open.querySelector<HTMLElement>("summary")?.focus();
  }
});

onPart((root) => {
  for (const dialog of root.querySelectorAll<HTMLDialogElement>("dialog")) {
    if (dialog.querySelector(".form-errors, .field-error")) openDialog(dialog.id);
  }
  root.querySelector<HTMLElement>("[data-focus]")?.focus();
});
