// Bundles style, scripts, fonts and icons into the folder given, with hashed names, .br and .gz beside, and manifest.json.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";
import { makeFonts } from "./fonts.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const [out, seal] = process.argv.slice(2);
const made = join(here, ".build");
const BROWSERS = ["chrome109", "firefox115", "safari16.4"];
const FONTS = {
  vi: ["latin-400", "vietnamese-400", "latin-600", "vietnamese-600"],
  km: ["khmer-400", "khmer-600", "latin-400", "latin-600"],
  en: ["latin-400", "latin-600"],
};
const THEMED = { "#0b6b61": "var(--river)", "#a8451a": "var(--laterite)" }; // the mark follows light and dark inside a page
const files = {}; // name in templates -> hashed name
const chunks = []; // hashed files that only other files refer to

// Plotly writes a <style> into the page when it starts, which our policy refuses, and brings the style of its maps, of
// which we draw none; css/plot.css has what is needed.
const withoutPlotlyStyle = {
  name: "without-plotly-style",
  setup: (plan) => plan.onLoad({ filter: /plotly\.js\/build\/plotcss\.js$|maplibre-gl\.css$/ }, () => ({ contents: "", loader: "js" })),
};

async function bundle() {
  const result = await build({
    absWorkingDir: here,
    entryPoints: ["css/main.css", "js/main.js", "js/dash.js"],
    outdir: out,
    bundle: true,
    minify: true,
    format: "esm",
    splitting: true,
    target: BROWSERS,
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    loader: { ".woff2": "file" },
    legalComments: "none",
    define: { global: "window" }, // Plotly's dependencies look for the global object by its old name
    plugins: [withoutPlotlyStyle],
    metafile: true,
    logLevel: "warning",
  });
  for (const [path, facts] of Object.entries(result.metafile.outputs)) {
    const name = basename(path);
    const inputs = Object.keys(facts.inputs);
    if (facts.entryPoint) files[basename(facts.entryPoint)] = name;
    else if (inputs.length === 1 && extname(name) === ".woff2") files[basename(inputs[0])] = name;
    else chunks.push(name);
  }
}

function keep(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
  const hashed = `${basename(name, extname(name))}-${hash}${extname(name)}`;
  writeFileSync(join(out, hashed), content);
  files[name] = hashed;
  return hashed;
}

function icons() {
  const symbols = readdirSync(join(here, "icons")).sort().map((file) => {
    const svg = readFileSync(join(here, "icons", file), "utf8").replace(/#[0-9a-f]{6}/g, (colour) => THEMED[colour]);
    const [, attributes, inner] = svg.match(/<svg[^>]*?(viewBox="[^"]+")[^>]*>([\s\S]*)<\/svg>/);
    return `<symbol id="${basename(file, ".svg")}" ${attributes}>${inner.replace(/>\s+</g, "><").trim()}</symbol>`;
  });
  keep("icons.svg", `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`);
  keep("icon.svg", readFileSync(join(here, "icons/mark.svg")));
  const drawn = Object.fromEntries([32, 180, 192, 512].map((size) => [size, keep(`icon-${size}.png`, readFileSync(join(made, `icon-${size}.png`)))]));
  const licences = ["be-vietnam-pro", "noto-sans-khmer"].map((family) => readFileSync(join(here, "node_modules/@fontsource", family, "LICENSE"), "utf8"));
  keep("fonts-licence.txt", licences.join("\n\n"));
  keep("mocxa.webmanifest", JSON.stringify({
    name: "Mộc Xa", short_name: "Mộc Xa", lang: "vi", start_url: "/", display: "browser",
    background_color: "#fbf8f2", theme_color: "#fbf8f2",
    icons: [192, 512].map((size) => ({ src: `/static/dist/${drawn[size]}`, sizes: `${size}x${size}`, type: "image/png", purpose: "any maskable" })),
  }));
}

function compress() {
  for (const name of readdirSync(out)) {
    if (![".css", ".js", ".svg", ".txt", ".webmanifest"].includes(extname(name))) continue;
    const content = readFileSync(join(out, name));
    writeFileSync(join(out, `${name}.br`), brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
    writeFileSync(join(out, `${name}.gz`), gzipSync(content, { level: 9 }));
  }
}

mkdirSync(out, { recursive: true });
await makeFonts(join(here, "node_modules"), join(made, "fonts"));
await bundle();
icons();
compress();
const preload = Object.fromEntries(Object.entries(FONTS).map(([lang, names]) => [lang, names.map((name) => `${name}.woff2`)]));
writeFileSync(join(out, "manifest.json"), JSON.stringify({ seal, files, chunks, fonts: preload }, null, 1));
console.log(`${Object.keys(files).length + chunks.length} files in ${relative(process.cwd(), out)}`);
