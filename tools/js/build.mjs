// Builds llmcourse/viz/static/bertviz_libraries.js and the notices that go with it. See README.md.

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = process.env.TARGET ?? join(here, "../../llmcourse/viz/static");
const modules = join(here, "node_modules");

const result = await build({
  entryPoints: [join(here, "bertviz_libraries.js")],
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2019",
  legalComments: "none", // the full notices go into one file, see below
  metafile: true,
  write: false,
});

// The libraries of which at least one byte ended up in the bundle, e.g. "d3-path" through "d3-shape".
const inputs = Object.values(result.metafile.outputs)[0].inputs;
const used = Object.entries(inputs)
  .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
  .map(([path]) => path.match(/node_modules\/([^/]+)\//)?.[1])
  .filter(Boolean);
const libraries = [...new Set(used)].sort().map((name) => {
  const folder = join(modules, name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const notice = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
  if (!notice) throw new Error(`${name} has no licence file: its notice must go with the bundle`);
  return { name, version, license, text: readFileSync(join(folder, notice), "utf8").trim() };
});

const list = libraries.map(({ name, version, license }) => `${name} ${version} (${license})`).join(", ");
const banner = `/*! Built by tools/js/build.mjs, not written by hand. Contains ${list}.\n    Their notices: bertviz_libraries.LICENSES.txt */\n`;
writeFileSync(join(target, "bertviz_libraries.js"), banner + result.outputFiles[0].text);

const rule = "=".repeat(100);
const notices = libraries.map(({ name, version, license, text }) => `${rule}\n${name} ${version} (${license})\n${rule}\n\n${text}\n`);
writeFileSync(
  join(target, "bertviz_libraries.LICENSES.txt"),
  `bertviz_libraries.js contains parts of these libraries, each under its own licence.\n\n${notices.join("\n")}`,
);
console.log(`${list}\n${banner.length + result.outputFiles[0].text.length} bytes`);
