"""Looking at pages as a person does: the sizes of the design, faults that eyes would find."""

from playwright.sync_api import Page

SIZES = {"phone": (360, 640), "desk": (1366, 768), "wall": (1920, 1080), "zoomed": (683, 384)}
"""`zoomed` is the desk at 200 %."""

FAULTS = r"""() => {
  const bad = [];
  const seen = (e) => e.checkVisibility({ checkOpacity: false, checkVisibilityCSS: true });
  const named = (e) => (e.getAttribute("aria-label") || e.textContent || e.title || "").trim()
    || (e.id && document.querySelector(`label[for="${CSS.escape(e.id)}"]`)?.textContent.trim())
    || e.closest("label")?.textContent.trim() || [...e.querySelectorAll("img[alt]")].map((i) => i.alt).join("");
  for (const e of document.querySelectorAll("a[href],button,input:not([type=hidden]),select,textarea,summary"))
    if (seen(e) && !e.closest("[aria-hidden=true]") && !named(e)) bad.push("no name: " + e.outerHTML.slice(0, 120));
  const ids = new Set();
  for (const e of document.querySelectorAll("[id]")) { if (ids.has(e.id)) bad.push("id twice: " + e.id); ids.add(e.id); }
  for (const i of document.images) if (!i.hasAttribute("alt")) bad.push("no alt: " + i.src);
  for (const name of ["aria-controls", "aria-describedby", "aria-labelledby"])
    for (const e of document.querySelectorAll(`[${name}]`))
      for (const id of e.getAttribute(name).split(/\s+/))
        if (id && !document.getElementById(id)) bad.push(`${name} points nowhere: ${id}`);
  const tops = [...document.querySelectorAll("h1")].filter(seen).length;
  if (tops !== 1) bad.push(`${tops} h1 headings`);
  if (!document.documentElement.lang) bad.push("no language");
  if (!document.title.trim()) bad.push("no title");
  if (!document.querySelector("main, article")) bad.push("no main part");
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 0) bad.push(`scrolls sideways by ${wide} px: ` + [...document.querySelectorAll("body *")]
    .filter((e) => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 3).map((e) => `${e.tagName}.${e.className}`));
  const light = (c) => { const f = c.match(/[\d.]+/g).slice(0, 3).map((v) => { v /= 255;
    return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * f[0] + 0.7152 * f[1] + 0.0722 * f[2]; };
  const ground = (e) => { for (; e; e = e.parentElement) { const s = getComputedStyle(e); const c = s.backgroundColor;
    if (s.backgroundImage !== "none" || !c.startsWith("rgb")) return null;
    const alpha = c.match(/[\d.]+/g)[3]; if (alpha === undefined || +alpha === 1) return c;
    if (+alpha > 0) return null; } return "rgb(255,255,255)"; };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT); const told = new Set();
  while (walk.nextNode()) { const e = walk.currentNode.parentElement;
    if (!walk.currentNode.textContent.trim() || !seen(e)) continue;
    if (e.closest("script,style,option,.visually-hidden,[disabled],[aria-disabled=true]")) continue;
    const ink = getComputedStyle(e).color, under = ground(e); if (!under || !ink.startsWith("rgb(")) continue;
    const [a, b] = [light(ink), light(under)].sort((x, y) => y - x); const ratio = (a + 0.05) / (b + 0.05);
    const key = ink + under; if (ratio < 4.5 && !told.has(key)) {
      told.add(key); bad.push(`contrast ${ratio.toFixed(2)}: ${e.textContent.trim().slice(0, 20)}`); } }
  return bad;
}"""


def faults(page: Page) -> list[str]:
    """What a blind, colour-blind or one-handed person would stumble over on this page."""
    found: list[str] = page.evaluate(FAULTS)
    return found


def complaints(page: Page) -> list[str]:
    """A list that fills with what the browser's console complains about from now on."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said
