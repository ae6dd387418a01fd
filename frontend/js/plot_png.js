// A figure as PNG, with its title, in our type. An SVG drawn as a picture sees no fonts of the page, so they go into it.
const SCALE = 2;
const MARGIN = 24;

/** Draw figcaption and plot on a canvas and hand the picture to the reader as `name`.png. */
export async function savePng(Plotly, figure, name) {
  const place = figure.querySelector(".plot");
  const { width, height } = place.getBoundingClientRect();
  const picture = await asImage(withFonts(await Plotly.toImage(place, { format: "svg", width, height, imageDataOnly: true }), await fonts()));
  const lines = [...figure.querySelectorAll("figcaption > *, [data-png-text]")].map((line) => ({
    text: line.textContent.replace(/\s+/g, " ").trim(),
    style: getComputedStyle(line),
  }));
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d");
  const above = lines.reduce((sum, line) => sum + parseFloat(line.style.fontSize) * 1.6, 0) + MARGIN;
  canvas.width = (width + 2 * MARGIN) * SCALE;
  canvas.height = (height + above + MARGIN) * SCALE;
  pen.scale(SCALE, SCALE);
  pen.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--card");
  pen.fillRect(0, 0, canvas.width, canvas.height);
  let at = MARGIN;
  for (const { text, style } of lines) {
    const size = parseFloat(style.fontSize);
    pen.font = `${style.fontWeight} ${size}px ${style.fontFamily}`;
    pen.fillStyle = style.color;
    pen.fillText(text, MARGIN, at + size, width);
    at += size * 1.6;
  }
  pen.drawImage(picture, MARGIN, above, width, height);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await new Promise((done) => canvas.toBlob(done, "image/png")));
  link.download = `${name}.png`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** The @font-face rules of this page with the files inside. */
async function fonts() {
  const faces = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]).filter((rule) => rule instanceof CSSFontFaceRule);
  const inside = faces.filter((rule) => rule.cssText.includes(".woff2")).map(async (rule) => {
    const [whole, address] = rule.cssText.match(/url\("?([^")]+)"?\)/);
    const bytes = await (await fetch(new URL(address, rule.parentStyleSheet.href))).blob();
    const reader = new FileReader();
    await new Promise((done) => { reader.onload = done; reader.readAsDataURL(bytes); });
    return rule.cssText.replace(whole, `url("${reader.result}")`);
  });
  return (await Promise.all(inside)).join("");
}

const withFonts = (svg, rules) => svg.replace(/<svg[^>]*>/, (start) => `${start}<defs><style>${rules}</style></defs>`);

async function asImage(svg) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  await new Promise((done) => setTimeout(done, 250)); // a picture is "decoded" before the fonts inside it are
  return image;
}
