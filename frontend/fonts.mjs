// Fonts of the fontsource packages, made small: glyphs of our scripts only, without hinting. Be Vietnam Pro has no
// tabular figures, so the ten digits come once more, each as wide as the others, for columns of numbers.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import subset from "subset-font";

const WEIGHTS = [400, 600];
const KHMER = range(0x1780, 0x17ff) + "\u200b\u200c\u200d\u25cc";
const KHMER_SIGNS = "ខ្មែរ៛"; // the name of the language and the riel stand in the head of every page
const FACES = [
  { name: "latin", family: "be-vietnam-pro" },
  { name: "vietnamese", family: "be-vietnam-pro" },
  { name: "khmer", family: "noto-sans-khmer", text: KHMER },
  { name: "khmer", as: "khmer-signs", family: "noto-sans-khmer", text: KHMER_SIGNS },
];
const DIGIT_WIDTH = 640; // of 1000: between the narrowest (1) and the widest (4)

function range(first, last) {
  return String.fromCodePoint(...Array.from({ length: last - first + 1 }, (_, step) => first + step));
}

export async function makeFonts(modules, folder) {
  mkdirSync(folder, { recursive: true });
  for (const weight of WEIGHTS) {
    for (const { name, as = name, family, text } of FACES) {
      const font = readFileSync(join(modules, "@fontsource", family, "files", `${family}-${name}-${weight}-normal.woff2`));
      const options = { targetFormat: "woff2", noHinting: true, keepAllGlyphs: !text };
      writeFileSync(join(folder, `${as}-${weight}.woff2`), await subset(font, text, options));
      if (name === "latin") writeFileSync(join(folder, `digits-${weight}.woff2`), await equallyWide(font));
    }
  }
}

async function equallyWide(font) {
  const plain = await subset(font, "0123456789", { targetFormat: "sfnt", noHinting: true, keepFeatures: [] });
  const tables = new Map();
  for (let entry = 12; entry < 12 + 16 * plain.readUInt16BE(4); entry += 16)
    tables.set(plain.toString("latin1", entry, entry + 4), plain.readUInt32BE(entry + 8));
  const glyphs = plain.readUInt16BE(tables.get("maxp") + 4);
  if (plain.readUInt16BE(tables.get("hhea") + 34) !== glyphs) throw new Error("digits: a width for each glyph was expected");
  for (let glyph = 0; glyph < glyphs; glyph += 1) {
    const at = tables.get("hmtx") + 4 * glyph;
    const wider = DIGIT_WIDTH - plain.readUInt16BE(at);
    plain.writeUInt16BE(DIGIT_WIDTH, at);
    plain.writeInt16BE(plain.readInt16BE(at + 2) + Math.round(wider / 2), at + 2); // the shape moves to the middle
  }
  plain.writeUInt16BE(DIGIT_WIDTH, tables.get("hhea") + 10); // advanceWidthMax
  return subset(plain, "0123456789", { targetFormat: "woff2", noHinting: true });
}
