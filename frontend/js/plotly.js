// Plotly with the traces our figures use, and made to live under a policy without inline style:
// it sets style attributes by setAttribute, which such a policy refuses; the same text through the style object is allowed.
import Plotly from "plotly.js/lib/core";
import bar from "plotly.js/lib/bar";
import heatmap from "plotly.js/lib/heatmap";
import sankey from "plotly.js/lib/sankey";
import treemap from "plotly.js/lib/treemap";
import km from "plotly.js/lib/locales/km";
import vi from "plotly.js/lib/locales/vi";

SVGElement.prototype.setAttribute = function (name, value) {
  if (name === "style") this.style.cssText = value;
  else Element.prototype.setAttribute.call(this, name, value);
};
Plotly.register([bar, heatmap, sankey, treemap, km, vi]);
export default Plotly;
