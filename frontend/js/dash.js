// Figures of the dashboards. Text, numbers and tables are in the page; drawing comes after, and only where a figure is seen.
//   <figure data-figure="/vi/trade/figures/volume.json?…">  … <div class="plot" data-height="300"></div> …  <button data-png="name">PNG</button>
// The address gives {data, layout}; a colour is written as a token, "var(--river)", and follows light and dark.
import { resolved, template } from "./plot_theme.js";
import { savePng } from "./plot_png.js";

const DECIMALS = { vi: ",.", km: ".,", en: ".," };
const CONFIG = { responsive: true, displayModeBar: false, displaylogo: false, doubleClick: false, scrollZoom: false };
const lang = document.documentElement.lang;
const specs = new WeakMap();
let library;

function plotly() {
  library ??= import("./plotly.js").then((chunk) => chunk.default);
  return library;
}

async function load(figure) {
  figure.dataset.state = "loading";
  try {
    const answer = await fetch(figure.dataset.figure, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`${answer.status} ${figure.dataset.figure}`);
    specs.set(figure, await answer.json());
    await draw(figure);
    figure.dataset.state = "drawn";
  } catch {
    figure.dataset.state = "failed";
    for (const table of figure.querySelectorAll("details")) table.open = true; // the numbers are still there
  }
}

async function draw(figure) {
  const Plotly = await plotly();
  const place = figure.querySelector(".plot");
  const { data, layout = {} } = structuredClone(specs.get(figure));
  const spec = resolved({ data, layout });
  spec.layout.template = template();
  spec.layout.separators = DECIMALS[lang] ?? ".,";
  spec.layout.autosize = true;
  const title = figure.querySelector("figcaption h2, figcaption h3, figcaption");
  place.setAttribute("role", "img");
  place.setAttribute("aria-label", title?.textContent.trim() ?? "");
  await Plotly.react(place, spec.data, spec.layout, { ...CONFIG, locale: lang });
  place.removeAllListeners("plotly_click");
  // A bar that is made of finer ones carries the address of their page.
  place.on("plotly_click", ({ points: [point] }) => {
    if (point.customdata) location.assign(point.customdata);
  });
}

const seen = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      load(target);
    }
  },
  { rootMargin: "400px" },
);

function watch(part) {
  for (const figure of part.querySelectorAll("figure[data-figure]:not([data-state])")) {
    figure.dataset.state = "waiting";
    const { style, dataset } = figure.querySelector(".plot");
    if (dataset.height) style.minHeight = `${dataset.height}px`; // room is kept, so nothing moves when it is drawn
    seen.observe(figure);
  }
}

watch(document);
document.addEventListener("htmx:after:swap", () => watch(document));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  for (const figure of document.querySelectorAll('figure[data-state="drawn"]')) draw(figure);
});
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-png]");
  const figure = button?.closest("figure");
  if (figure?.dataset.state === "drawn") savePng(await plotly(), figure, button.dataset.png);
});
