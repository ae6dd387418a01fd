"""Customs declaration lines made by a seed, as a customs office would export them; the same lines every time."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from app.reference.load import read

GATES = ("Mộc Bài", "Xa Mát", "Kà Tum", "Chàng Riệc", "Bình Hiệp", "Tân Nam")
SHARES = (0.46, 0.3, 0.08, 0.07, 0.06, 0.03)
PARTNERS = ("KH", "CN", "TH", "US", "JP", "KR", "LA", "SG", "MY", "IN", "TW", "DE", "NL", "AU")
UNITS = ("KGM", "TNE", "PCE", "LTR")
FIRST_MONTH = np.datetime64("2024-09")
MONTHS = 24
BLOCK = 200_000


def write(path: Path, lines: int) -> None:
    """About four lines a declaration, one in fifty amended, 6 gates × 24 months, 70 % of lines in a dozen goods."""
    goods = _Goods()
    with path.open("wb") as file:
        for start in range(0, lines, BLOCK):
            block = _block(start, min(BLOCK, lines - start), goods)
            csv.write_csv(block, file, csv.WriteOptions(include_header=start == 0, quoting_style="none"))


class _Goods:
    """What is traded: 400 tariff lines, each from or to one to three countries; 120 of them each way at a gate."""

    def __init__(self) -> None:
        random = np.random.default_rng(20_261_124)
        every = np.array([row["code"] for row in read("hs.csv.gz") if len(row["code"]) == 8 and row["code"] < "98"])
        self.codes = random.choice(every, 400, replace=False)
        self.here = np.stack([random.choice(400, 120, replace=False) for _ in range(2 * len(GATES))])
        weights = np.concatenate([np.full(12, 0.7 / 12), np.full(108, 0.3 / 108)])
        self.weights = weights / weights.sum()
        self.partners = random.choice(PARTNERS, (400, 3), p=_falling(len(PARTNERS)))

    def pick(self, random: np.random.Generator, place: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """HS codes and partners of the lines at these gates, each way."""
        which = self.here[place, random.choice(120, len(place), p=self.weights)]
        return self.codes[which], self.partners[which, random.choice(3, len(place), p=(0.7, 0.2, 0.1))]


def _block(start: int, count: int, goods: _Goods) -> pa.Table:
    random = np.random.default_rng(start)
    amended, own = _declarations(random, start, count)
    export = (random.random(count) < 0.55)[own]
    month = random.integers(0, MONTHS, count)[own]
    day = random.integers(0, 28, count)[own]
    currency = random.choice(["USD", "VND", "KHR"], count, p=[0.85, 0.1, 0.05])[own]
    gate = random.choice(len(GATES), count, p=SHARES)[own]
    firm = random.integers(3_900_000_000, 3_900_003_000, count)[own]
    codes, partners = goods.pick(random, gate * 2 + export)
    usd = np.round(np.exp(random.normal(8.5, 1.2, count)), 2)
    value = np.where(currency == "USD", usd, np.round(usd * np.where(currency == "VND", 25_000, 4_050)))
    eleven = np.where(export, 30_500_000_000, 10_500_000_000) + start // 4 + own
    return pa.table(
        {
            "Số tờ khai": eleven * 10 + amended,
            "STT hàng": np.arange(start, start + count) % 4 + 1,
            "Ngày ĐK": pc.strftime(pa.array((FIRST_MONTH + month).astype("datetime64[D]") + day), "%d/%m/%Y"),
            "Mã loại hình": np.where(export, "B11", "A11"),
            "Cửa khẩu": np.array(GATES)[gate],
            "Mã HS": codes,
            "Xuất xứ": partners,
            "Trị giá NT": pa.array(value).cast(pa.decimal128(18, 2)),
            "Nguyên tệ": currency,
            "Trọng lượng tịnh": np.round(usd / np.exp(random.normal(0.5, 0.6, count)), 1),
            "Số lượng": random.integers(1, 5_000, count),
            "ĐVT": random.choice(UNITS, count),
            "MST": firm,
        }
    )


def _declarations(random: np.random.Generator, start: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Of each line: whether it amends, and the number of its declaration in the block. Four lines make one.

    One declaration in fifty is the amended one before it, delivered again.
    """
    number = (np.arange(start, start + count) - start) // 4
    again = random.random(number.max() + 1) < 0.02
    again[0] = False
    again[1:] &= ~again[:-1]
    return again[number].astype(int), number - again[number]


def _falling(count: int) -> np.ndarray:
    weights = 1 / np.arange(1, count + 1)
    return weights / weights.sum()
