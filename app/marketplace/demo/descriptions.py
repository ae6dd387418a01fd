"""Two or three sentences on each demonstration product in three languages, made from its facts."""

from app.marketplace.demo.shipped import rows

SHELF = {
    "d": {"vi": "Để được {n} ngày", "en": "Keeps {n} days", "km": "ទុកបាន {n} ថ្ងៃ"},
    "m": {"vi": "Hạn dùng {n} tháng", "en": "Best within {n} months", "km": "ប្រើក្នុងរយៈពេល {n} ខែ"},
}
COOL = {"vi": ", bảo quản mát", "en": " when kept cool", "km": " នៅកន្លែងត្រជាក់"}
PACKED = {"vi": "Đóng gói: {p}", "en": "Packed: {p}", "km": "ការវេចខ្ចប់៖ {p}"}
STOP = {"vi": ".", "en": ".", "km": "។"}


def describe(row: dict[str, str], kinds: dict[str, dict[str, str]]) -> dict[str, str]:
    """`description_vi`, `description_en` and `description_km` of a row of demo_products.csv."""
    return {f"description_{lang}": " ".join(_sentences(row, kinds, lang)) for lang in ("vi", "en", "km")}


def kinds_of_goods() -> dict[str, dict[str, str]]:
    """Drawing → sentence in each language."""
    return {row["drawing"]: row for row in rows("demo_kinds.csv")}


def _sentences(row: dict[str, str], kinds: dict[str, dict[str, str]], lang: str) -> list[str]:
    found = [kinds[row["drawing"]][lang]]
    if row["packaging"]:
        found.append(PACKED[lang].format(p=row["packaging"]) + STOP[lang])
    if shelf := row["shelf"]:
        cool = COOL[lang] if row["storage"] == "cool" else ""
        found.append(SHELF[shelf[-1]][lang].format(n=shelf[:-1]) + cool + STOP[lang])
    return found
