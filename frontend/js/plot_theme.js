// The look of figures, read from the CSS tokens in force.
const tokens = () => getComputedStyle(document.documentElement);
const TOKEN = /^var\((--[a-z-]+)\)$/;

/** The same figure with "var(--river)" replaced by the colour it stands for now. */
export function resolved(part, style = tokens()) {
  if (typeof part === "string") {
    const token = part.match(TOKEN);
    return token ? style.getPropertyValue(token[1]).trim() : part;
  }
  if (Array.isArray(part)) return part.map((item) => resolved(item, style));
  if (part?.constructor === Object)
    return Object.fromEntries(Object.entries(part).map(([name, value]) => [name, resolved(value, style)]));
  return part;
}

/** Plotly template: quiet axes, no frame, our type and colours. */
export function template() {
  const axis = {
    gridcolor: "var(--line)", zerolinecolor: "var(--line-strong)", linecolor: "var(--line-strong)", tickcolor: "var(--line)",
    tickfont: { color: "var(--ink-soft)", size: 12 }, title: { font: { color: "var(--ink-soft)", size: 12 } },
    automargin: true, fixedrange: true, zerolinewidth: 1,
  };
  const font = { family: tokens().getPropertyValue("--font").trim(), color: "var(--ink)", size: 13 };
  return resolved({
    layout: {
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font,
      colorway: ["var(--river)", "var(--laterite)", "var(--dusk)", "var(--rice)", "var(--ink-soft)"],
      xaxis: { ...axis, showgrid: false }, yaxis: axis,
      margin: { l: 8, r: 8, t: 8, b: 8, pad: 4 }, showlegend: false, dragmode: false, hovermode: "closest",
      hoverlabel: { bgcolor: "var(--card)", bordercolor: "var(--line-strong)", font: { ...font, size: 13 }, align: "left" },
      bargap: 0.25, uniformtext: { minsize: 11, mode: "hide" },
    },
    data: {
      scatter: [{ line: { width: 2.5 }, connectgaps: false, cliponaxis: false }],
      bar: [{ marker: { line: { width: 0 } }, textposition: "outside", cliponaxis: false }],
      heatmap: [{ colorscale: [[0, "var(--sunk)"], [1, "var(--river)"]], showscale: false, xgap: 2, ygap: 2 }],
      treemap: [{ marker: { line: { width: 2, color: "var(--card)" } } }],
      sankey: [{ node: { line: { width: 0 }, pad: 18, thickness: 14, color: "var(--river)" }, link: { color: "var(--river-soft)" } }],
    },
  });
}
