"""SQL that turns an amount in any currency into USD and VND with the rate of its day (the row `own` of `vnd_per`)."""

TO_USD = (
    "CASE WHEN a.currency = 'USD' THEN CAST(a.value AS DECIMAL(18, 2))"
    " ELSE TRY_CAST(CAST(a.value AS DOUBLE) * own.usd AS DECIMAL(18, 2)) END"
)
# In whole cents and, where they fit, in 64 bits, which is several times as fast as wide decimals; exact either way.
TO_VND = (
    "CASE WHEN a.currency = 'VND' THEN CAST(a.value AS DECIMAL(18, 0))"
    " WHEN a.value < 1000000000 AND own.short IS NOT NULL"
    " THEN CAST(CAST(a.value AS DECIMAL(11, 2)) * own.short AS DECIMAL(18, 0))"
    " ELSE TRY_CAST(CAST(a.value AS DECIMAL(20, 2)) * own.vnd AS DECIMAL(18, 0)) END"
)
# `short`: the rate when it has at most two decimals, `usd`: how many USD one unit is worth
VND_PER = (
    "CREATE TABLE vnd_per AS SELECT own.*, own.vnd::DOUBLE / usd.vnd::DOUBLE AS usd,"
    " CASE WHEN own.vnd < 100000 AND own.vnd = round(own.vnd, 2) THEN CAST(own.vnd AS DECIMAL(7, 2)) END AS short"
    " FROM (FROM rate UNION ALL SELECT 'VND', day, 1 FROM rate WHERE currency = 'USD') own"
    " JOIN rate usd ON usd.currency = 'USD' AND usd.day = own.day"
)


def rates_on(day: str) -> str:
    """The join that finds the rate of the row's currency on a day."""
    return f" LEFT JOIN vnd_per own ON own.currency = a.currency AND own.day = {day}"
