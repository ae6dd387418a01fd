"""The Vietnamese lunar calendar by new moons and solar longitude (Hồ Ngọc Đức's algorithm), to check our table."""

from datetime import date, timedelta
from math import floor, pi, sin

HANOI = 7 / 24


def lunar_new_year(year: int) -> date:
    """First day of the first lunar month: the month after the twelfth, two after the one holding winter solstice."""
    eleventh = _month_eleven(year - 1)
    k = floor((eleventh - 2415021.076998695) / 29.530588853 + 0.5)
    offset = 2
    if _month_eleven(year) - eleventh > 365:
        leap = _leap_offset(k)
        offset += leap <= 2
    return date(1970, 1, 1) + timedelta(days=_new_moon(k + offset) - 2440588)


def _leap_offset(k: int) -> int:
    last, i = -1, 1
    arc = _longitude_arc(_new_moon(k + i))
    while arc != last and i < 14:
        last, i = arc, i + 1
        arc = _longitude_arc(_new_moon(k + i))
    return i - 1


def _month_eleven(year: int) -> int:
    end_of_year = date(year, 12, 31).toordinal() + 1721425
    k = floor((end_of_year - 2415021) / 29.530588853)
    moon = _new_moon(k)
    return _new_moon(k - 1) if _longitude_arc(moon) >= 9 else moon


def _longitude_arc(day: int) -> int:
    t = (day - 0.5 - HANOI - 2451545.0) / 36525
    anomaly = (357.52910 + 35999.05030 * t - 0.0001559 * t**2 - 0.00000048 * t**3) * pi / 180
    mean = 280.46645 + 36000.76983 * t + 0.0003032 * t**2
    centre = (1.914600 - 0.004817 * t - 0.000014 * t**2) * sin(anomaly)
    centre += (0.019993 - 0.000101 * t) * sin(2 * anomaly) + 0.000290 * sin(3 * anomaly)
    return floor((mean + centre) % 360 / 30)


def _new_moon(k: int) -> int:
    t = k / 1236.85
    rad = pi / 180
    mean = 2415020.75933 + 29.53058868 * k + 0.0001178 * t**2 - 0.000000155 * t**3
    mean += 0.00033 * sin((166.56 + 132.87 * t - 0.009173 * t**2) * rad)
    m = (359.2242 + 29.10535608 * k - 0.0000333 * t**2 - 0.00000347 * t**3) * rad
    mpr = (306.0253 + 385.81691806 * k + 0.0107306 * t**2 + 0.00001236 * t**3) * rad
    f = (21.2964 + 390.67050646 * k - 0.0016528 * t**2 - 0.00000239 * t**3) * rad
    c1 = (0.1734 - 0.000393 * t) * sin(m) + 0.0021 * sin(2 * m) - 0.4068 * sin(mpr) + 0.0161 * sin(2 * mpr)
    c1 += -0.0004 * sin(3 * mpr) + 0.0104 * sin(2 * f) - 0.0051 * sin(m + mpr) - 0.0074 * sin(m - mpr)
    c1 += 0.0004 * sin(2 * f + m) - 0.0004 * sin(2 * f - m) - 0.0006 * sin(2 * f + mpr) + 0.0010 * sin(2 * f - mpr)
    c1 += 0.0005 * sin(2 * mpr + m)
    delta = -0.000278 + 0.000265 * t + 0.000262 * t**2
    return floor(mean + c1 - delta + 0.5 + HANOI)
