"""The rollup queries, in standard SQL over the live rows of some gate-months: any engine reading Parquet runs them.

Each reads one relation `row` (the columns of the lake, and of every row: `demo`, `source_id`, `gate`, `month`, and
`seq`, which is greater the later its file was accepted) and returns the columns of a rollup table.
"""

from app.trade.models import Dataset, Status

# The newest revision of a declaration line counts; a cancellation stands; then the file accepted last. Lines that
# moved to another gate or month left a cancelled row here.
DECLARATIONS = """
WITH newest AS (
    SELECT * FROM (
        SELECT row.*, row_number() OVER (
            PARTITION BY demo, gate, month, declaration, line ORDER BY revision DESC, cancelled DESC, seq DESC
        ) AS place FROM row
    ) AS ranked WHERE place = 1 AND NOT cancelled
)
SELECT
    'declarations' AS dataset, demo, NULL AS source_id, basis, gate, month, 'month' AS period_kind, direction,
    CASE WHEN grouping(hs4) = 0 THEN 'hs4' WHEN grouping(hs2) = 0 AND grouping(partner) = 0 THEN 'hs2_partner'
        WHEN grouping(hs2) = 0 THEN 'hs2' WHEN grouping(partner) = 0 THEN 'partner' ELSE 'all' END AS grain,
    coalesce(hs4, hs2, '') AS hs, coalesce(partner, '') AS partner,
    sum(value_usd) AS value_usd, sum(value_vnd) AS value_vnd, sum(net_kg) AS net_kg, count(net_kg) AS weighed,
    count(*) AS lines, count(DISTINCT declaration) AS declarations, count(DISTINCT tax_code) AS firms, '' AS status
FROM (
    SELECT newest.*, substring(hs8, 1, 2) AS hs2, substring(hs8, 1, 4) AS hs4 FROM newest
) AS line
GROUP BY GROUPING SETS (
    (demo, basis, gate, month, direction),
    (demo, basis, gate, month, direction, hs2),
    (demo, basis, gate, month, direction, hs4),
    (demo, basis, gate, month, direction, partner),
    (demo, basis, gate, month, direction, hs2, partner)
)
"""

# Of the same figure the most final status counts, then the file accepted last; parts of one figure in one file are
# added. A grain is answered by the coarsest rows that can: a total is never added to what it is the total of.
_RANKS = " ".join(f"WHEN '{status}' THEN {rank}" for rank, status in enumerate(("", *Status)))
_NAMES = " ".join(f"WHEN {rank} THEN '{status}'" for rank, status in enumerate(("", *Status)))
SUMMARIES = f"""
WITH newest AS (
    SELECT * FROM (
        SELECT ranked.*, rank() OVER (
            PARTITION BY source_id, gate, month, basis, period_kind, direction, hs, partner
            ORDER BY finality DESC, seq DESC
        ) AS place
        FROM (SELECT row.*, CASE status {_RANKS} ELSE 0 END AS finality FROM row) AS ranked
    ) AS placed WHERE place = 1
), wanted AS (
    SELECT newest.*, grain, substring(hs, 1, digits) AS at_hs,
        CASE WHEN by_partner THEN partner ELSE '' END AS at_partner
    FROM newest CROSS JOIN (VALUES
        ('all', 0, false), ('hs2', 2, false), ('hs4', 4, false), ('partner', 0, true), ('hs2_partner', 2, true)
    ) AS grains (grain, digits, by_partner)
    WHERE length(hs) >= digits AND (partner <> '' OR NOT by_partner)
), coarsest AS (
    SELECT * FROM (
        SELECT wanted.*, dense_rank() OVER (
            PARTITION BY source_id, gate, month, basis, period_kind, direction, grain, at_hs, at_partner
            ORDER BY CASE WHEN partner = '' THEN 0 ELSE 1 END, length(hs)
        ) AS level FROM wanted
    ) AS levelled WHERE level = 1
)
SELECT
    'summaries' AS dataset, demo, source_id, basis, gate, month, period_kind, direction,
    grain, at_hs AS hs, at_partner AS partner,
    CASE WHEN count(value_usd) = count(*) THEN sum(value_usd) END AS value_usd,
    CASE WHEN count(value_vnd) = count(*) THEN sum(value_vnd) END AS value_vnd,
    sum(net_kg) AS net_kg, count(net_kg) AS weighed, count(*) AS lines,
    NULL AS declarations, NULL AS firms,
    CASE min(finality) {_NAMES} END AS status
FROM coarsest
GROUP BY demo, source_id, basis, gate, month, period_kind, direction, grain, at_hs, at_partner
"""

# The file accepted last decides whether a month is counted by days or as a whole, and every single day.
CROSSINGS = """
WITH newest AS (
    SELECT * FROM (
        SELECT row.*,
            rank() OVER (PARTITION BY source_id, gate, month, direction, measure, day ORDER BY seq DESC) AS place,
            max(CASE WHEN day IS NULL THEN seq ELSE 0 END)
                OVER (PARTITION BY source_id, gate, month, direction, measure) AS whole,
            max(CASE WHEN day IS NULL THEN 0 ELSE seq END)
                OVER (PARTITION BY source_id, gate, month, direction, measure) AS daily
        FROM row
    ) AS ranked WHERE place = 1 AND ((day IS NULL) = (whole >= daily))
)
SELECT demo, source_id, gate, month, direction, measure, CAST(sum(count) AS BIGINT) AS count
FROM newest GROUP BY demo, source_id, gate, month, direction, measure
"""

QUERIES = {Dataset.DECLARATIONS: DECLARATIONS, Dataset.SUMMARIES: SUMMARIES, Dataset.CROSSINGS: CROSSINGS}
