"""The anonymous product list and the search, 10,000 products, against a bare page of the same 24 items."""

import random
import tempfile
from pathlib import Path
from statistics import median
from urllib.parse import quote_plus

from app import db
from app.db import Base, Session
from app.reference.load import load_reference
from bench.goods import fill
from bench.load import Result, get
from bench.servers import GRANIAN, running

PRODUCTS = 10_000
LEAST_SHARE = 0.6
MOST_SEARCH = 3.0
WORDS = (
    "bánh;banh;bánh tráng;banh trang;đường;duong;duong thot not;muối tôm;muoi tom;gạo;gao trang;xoai;sầu riêng;"
    "sau rieng;cao su;cao su svr;nhân điều;hat dieu;tinh bột;tinh bot khoai mi;rice;rice paper;sugar;cashew;steel;"
    "អង្ករ;ស្ករ;អំបិល;នំបាញ់ត្រាង;កៅស៊ូ;ស្វាយ;1905;0801;190590;1701;núi bà;go dau;cong ty;company;loại 1;xuat khau;"
    "huu co;hữu cơ;phân bón;phan npk;xi mang;xi măng pcb40;thep;ống nhựa;ong thep;go cao su;nuoc mam;ca;ga;me;tra"
)


def addresses(base: str) -> list[str]:
    """Questions as people ask them: words of three languages, whole and half typed, in mixed order."""
    dice = random.Random(7)
    typed = {word[: dice.randint(3, 40)] for word in WORDS.split(";") for _ in range(4)}
    return [f"{base}/vi/?q={quote_plus(q)}" for q in dice.sample(sorted(typed), len(typed))]


def prepare(folder: Path) -> dict[str, str]:
    """A database with the generated catalogue; the environment of both servers."""
    url = f"sqlite:///{folder / 'bench.db'}"
    engine = db.connect(url)
    Base.metadata.create_all(engine)
    with Session.begin() as session:
        load_reference(session)
        fill(session, PRODUCTS)
    engine.dispose()
    return {"DATABASE_URL": url, "DATA_DIR": str(folder), "REDIS_URL": "redis://127.0.0.1:1"}


def one_round(environment: dict[str, str]) -> tuple[Result, Result, Result, Result]:
    """The bare page, the list, each question for the first time, and all questions again and again."""
    with running(GRANIAN, "bench.bare:app", **environment) as base:
        get([base + "/"], requests=400)
        bare = get([base + "/"], requests=3000)
    with running(GRANIAN, "wsgi:app", **environment) as base:
        get([base + "/vi/"], requests=400)
        listed = get([base + "/vi/"], requests=3000)
        questions = addresses(base)
        first = get(questions, requests=len(questions), connections=1)
        searched = get(questions, requests=3000)
    return bare, listed, first, searched


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        environment = prepare(Path(folder))
        rounds = [one_round(environment) for _ in range(3)]
    for bare, listed, first, searched in rounds:
        print(f"bare   {bare}\nlist   {listed}\nfirst  {first}\nsearch {searched}")
    share = median(listed.rate / bare.rate for bare, listed, _, _ in rounds)
    slower = median(searched.p95 / listed.p95 for _, listed, _, searched in rounds)
    print(f"list / bare page: {share:.2f} of its requests per second (at least {LEAST_SHARE})")
    print(f"search p95 / list p95: {slower:.2f} (at most {MOST_SEARCH}); “first” is each question when it is new")
