// Everything a page needs beyond HTML. Every page works without it; with it, nothing typed is lost.
import "./toast";
import "./dialog";
import "./net";
import "./time";
import "./dates";
import "./upload";
import "./picker";
import "./draft";
import "./register";
import "./tables";
import "./dispatch";
import "./kiosk";
import "./room";
import "./practice";
import "./hall";
import { toast } from "./toast";
import { startPart } from "./util";

document.documentElement.classList.add("scripted");
document.documentElement.addEventListener("htmx:beforeHistorySave", () => undefined);
Object.assign(window, { kd: { toast } });

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => startPart(document));
else startPart(document);
