"""Invented border-guard sheets of crossings and the monthly totals of the province, in the shapes people send."""

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from random import Random

from openpyxl import Workbook

from app.periods import add_months
from app.trade.demo.declarations import LABELS
from app.trade.demo.seasons import YEAR_ROUND, briskness, days_of, growth, season, travel

KINDS = ("Xe tải", "Xe container", "Xe khách", "Xe con", "Người")
FREIGHT = {"moc-bai": (150, 92), "xa-mat": (46, 18)}  # trucks and container trucks a day, each way
PASSENGERS = {"moc-bai": (48, 88, 2750), "xa-mat": (7, 16, 430)}  # coaches, cars, people a day, each way
NAMES = {"moc-bai": "CKQT Mộc Bài", "xa-mat": "CKQT Xa Mát"}
WAYS = ("Xuất cảnh", "Nhập cảnh")
PROVINCE = {"Xuất khẩu": (1_560.0, 0.11), "Nhập khẩu": (1_240.0, 0.13)}  # million USD in October 2026, growth a year


def crossings(folder: Path, name: str, months: Iterable[date], closed: dict[str, date]) -> Path:
    """A workbook with a row per day, gate and way, and a column per kind."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("XNC")
    sheet.append([f"BIỂU THEO DÕI XUẤT NHẬP CẢNH NĂM {name} - DỮ LIỆU MẪU"])
    sheet.append([])
    sheet.append(["Ngày", "Cửa khẩu", "Hướng", *KINDS])
    for month in months:
        for day in days_of(month):
            for gate in LABELS:
                for way in WAYS:
                    sheet.append([f"{day:%d/%m/%Y}", NAMES[gate], way, *_counts(gate, way, day, closed.get(gate))])
    path = folder / f"du-lieu-mau-xnc-{name}.xlsx"
    book.save(path)
    return path


def _counts(gate: str, way: str, day: date, closed_from: date | None) -> list[int]:
    random = Random(f"moc-xa {gate} {way} {day}")
    freight = briskness(day, closed_from) * growth(day.replace(day=1), 0.08)
    if gate == "xa-mat" and way == "Nhập cảnh":
        freight *= 0.55 + 0.45 * season("cassava", day.replace(day=1))
    people = travel(day) * growth(day.replace(day=1), 0.06) * (0 if freight == 0 else 1)
    levels = [*(count * freight for count in FREIGHT[gate]), *(count * people for count in PASSENGERS[gate])]
    return [round(level * random.uniform(0.92, 1.08)) for level in levels]


def province(folder: Path, months: Iterable[date]) -> Path:
    """The months of the whole province both ways. Invented figures carry no status of real ones."""
    path = folder / "du-lieu-mau-tinh.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(["Cửa khẩu", "Năm", "Tháng", "Hướng", "Kim ngạch (triệu USD)"])
        for month in months:
            for way, (level, yearly) in PROVINCE.items():
                random = Random(f"moc-xa province {way} {month}")
                brisk = sum(briskness(day) for day in days_of(month)) / 30.4
                value = level * growth(month, yearly) * YEAR_ROUND[month.month - 1] * (0.45 + 0.55 * brisk)
                text = f"{value * random.gauss(1, 0.015):.2f}".replace(".", ",")
                writer.writerow(["Toàn tỉnh", month.year, f"T{month.month}", way, text])
    return path


def closure(last: date) -> dict[str, date]:
    """Gate → the first day of a week in which it was closed."""
    return {"xa-mat": add_months(last, -14).replace(day=9)}
