// Bundles the styles, the scripts and the icon sprite into the package's static folder.
import { build, context } from "esbuild";
import { mkdirSync, readFileSync, writeFileSync, copyFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "kuangdeng", "web", "static", "build");
mkdirSync(out, { recursive: true });

function sprite() {
  const icons = JSON.parse(readFileSync(join(here, "src/icons/icons.json"), "utf8"));
  const symbols = Object.entries(icons).map(
    ([name, body]) =>
      `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" ` +
      `stroke-linecap="round" stroke-linejoin="round">${body}</symbol>`,
  );
  writeFileSync(join(out, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`);
  for (const file of ["logo.svg", "favicon.svg"]) copyFileSync(join(here, "src/icons", file), join(out, file));
}

const options = {
  absWorkingDir: here,
  entryPoints: [
    { in: "src/ts/main.ts", out: "kd" },
    { in: "src/ts/exam.ts", out: "exam" },
    { in: "src/ts/exam-sw.ts", out: "exam-sw" },
    { in: "src/ts/screen.ts", out: "screen" },
    { in: "src/ts/screen-sw.ts", out: "screen-sw" },
    { in: "src/css/main.css", out: "kd" },
    { in: "src/css/screen.css", out: "screen" },
    { in: "src/css/print-page.css", out: "print" },
  ],
  outdir: out,
  bundle: true,
  minify: true,
  sourcemap: false,
  charset: "utf8",
  format: "iife",
  target: ["es2021", "chrome90", "safari15"],
  logLevel: "warning",
};

sprite();
if (process.argv.includes("--watch")) {
  await (await context(options)).watch();
} else {
  await build(options);
}
