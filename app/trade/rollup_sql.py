"""The rollup queries, in standard SQL over the live rows of some gate-months: any engine reading Parquet runs them.

Each reads the relation `row`, which has the columns of the lake and of every row its `place`, whether it only says
that a line `moved`, and its `seq`, greater the later its file was accepted; and the relation `place` with `demo`,
`source_id`, `gate` and `month` of each place. It returns the columns of a rollup table.
"""

from app.trade.models import Basis, Dataset, Status

GRAINS = {"all": (), "hs2": ("hs2",), "hs4": ("hs4",), "partner": ("partner",), "hs2_partner": ("hs2", "partner")}
_HS = {"hs2": "lpad(CAST(hs2 AS VARCHAR), 2, '0')", "hs4": "lpad(CAST(hs4 AS VARCHAR), 4, '0')"}

# Basis and direction as one small number: most of the time goes into counting distinct values by the key of a group.
_WAYS = {
    basis_at * 10 + way_at: (basis, way)
    for basis_at, basis in enumerate(Basis)
    for way_at, way in enumerate(("export", "import", "transit"))
}
_WAY = " ".join(f"WHEN basis = '{basis}' AND direction = '{way}' THEN {code}" for code, (basis, way) in _WAYS.items())
_BASIS_OF = " ".join(f"WHEN {code} THEN '{basis}'" for code, (basis, _) in _WAYS.items())
_DIRECTION_OF = " ".join(f"WHEN {code} THEN '{way}'" for code, (_, way) in _WAYS.items())


def _grain(name: str, keys: tuple[str, ...]) -> str:
    hs = next((_HS[key] for key in keys if key in _HS), "''")
    partner = "partner" if "partner" in keys else "''"
    return (
        f"SELECT '{name}' AS grain, place, way, {hs} AS hs, {partner} AS partner, sum(value_usd) AS value_usd,"
        " sum(value_vnd) AS value_vnd, sum(net_kg) AS net_kg, count(net_kg) AS weighed, count(*) AS lines,"
        " count(DISTINCT declaration) AS declarations, count(DISTINCT tax_code) AS firms"
        f" FROM newest GROUP BY {', '.join(('place', 'way', *keys))}"
    )


# The newest revision of a declaration line counts; a cancellation stands; then the file accepted last. A line that
# moved to another gate or month left a row here that says so (`moved`), which counts for the file that it came with.
# Few lines are there twice, so only those are ordered.
DECLARATIONS = f"""
WITH line AS (
    SELECT place, declaration, line, revision, cancelled, moved, seq, CAST(CASE {_WAY} END AS SMALLINT) AS way,
        CAST(substring(hs8, 1, 2) AS SMALLINT) AS hs2, CAST(substring(hs8, 1, 4) AS SMALLINT) AS hs4,
        partner, value_usd, value_vnd, net_kg, tax_code
    FROM row
), repeated AS (
    SELECT place, declaration, line FROM line GROUP BY place, declaration, line HAVING count(*) > 1
), newest AS (
    SELECT line.* FROM line LEFT JOIN repeated ON repeated.place = line.place
        AND repeated.declaration = line.declaration AND repeated.line = line.line
    WHERE repeated.place IS NULL AND NOT cancelled
    UNION ALL
    SELECT place, declaration, line, revision, cancelled, moved, seq, way, hs2, hs4,
        partner, value_usd, value_vnd, net_kg, tax_code
    FROM (
        SELECT line.*, row_number() OVER (
            PARTITION BY line.place, line.declaration, line.line
            ORDER BY revision DESC, cancelled AND NOT moved DESC, seq DESC
        ) AS rank
        FROM line JOIN repeated ON repeated.place = line.place
            AND repeated.declaration = line.declaration AND repeated.line = line.line
    ) AS ranked WHERE rank = 1 AND NOT cancelled
)
SELECT
    'declarations' AS dataset, demo, NULL AS source_id, CASE way {_BASIS_OF} END AS basis, gate, month,
    'month' AS period_kind, CASE way {_DIRECTION_OF} END AS direction, grain, hs, partner,
    value_usd, value_vnd, net_kg, weighed, lines, declarations, firms, '' AS status
FROM ({" UNION ALL ".join(_grain(name, keys) for name, keys in GRAINS.items())}) AS grains
JOIN place ON place.place = grains.place
ORDER BY grain, month, gate
"""

# Of the same figure the most final status counts, then the file accepted last; parts of one figure in one file are
# added. A grain is answered by the coarsest rows that can: a total is never added to what it is the total of.
_RANKS = " ".join(f"WHEN '{status}' THEN {rank}" for rank, status in enumerate(("", *Status)))
_NAMES = " ".join(f"WHEN {rank} THEN '{status}'" for rank, status in enumerate(("", *Status)))
SUMMARIES = f"""
WITH newest AS (
    SELECT * FROM (
        SELECT ranked.*, rank() OVER (
            PARTITION BY place, basis, period_kind, direction, hs, partner
            ORDER BY finality DESC, seq DESC
        ) AS newness
        FROM (SELECT row.*, CASE status {_RANKS} ELSE 0 END AS finality FROM row) AS ranked
    ) AS placed WHERE newness = 1
), wanted AS (
    SELECT newest.*, grain, substring(hs, 1, digits) AS at_hs,
        CASE WHEN by_partner THEN partner ELSE '' END AS at_partner,
        max(length(hs)) OVER (PARTITION BY place, basis, period_kind, direction)
            > min(length(hs)) OVER (PARTITION BY place, basis, period_kind, direction) AS mixed
    FROM newest CROSS JOIN (VALUES
        ('all', 0, false), ('hs2', 2, false), ('hs4', 4, false), ('partner', 0, true), ('hs2_partner', 2, true)
    ) AS grains (grain, digits, by_partner)
    WHERE length(hs) >= digits AND (partner <> '' OR NOT by_partner)
), fitting AS (
    SELECT * FROM (
        SELECT wanted.*, min(CASE WHEN partner = '' THEN 0 ELSE 1 END) OVER (
            PARTITION BY place, basis, period_kind, direction, grain, at_hs, at_partner
        ) AS by_partners FROM wanted
    ) AS judged WHERE (partner = '') = (by_partners = 0)
), coarsest AS (
    SELECT * FROM fitting WHERE NOT mixed
    UNION ALL
    SELECT * FROM fitting AS part WHERE mixed AND NOT EXISTS (
        SELECT 1 FROM fitting AS whole
        WHERE whole.mixed AND whole.place = part.place AND whole.basis = part.basis
            AND whole.period_kind = part.period_kind AND whole.direction = part.direction
            AND whole.grain = part.grain AND whole.at_hs = part.at_hs AND whole.at_partner = part.at_partner
            AND whole.partner = part.partner AND length(whole.hs) < length(part.hs)
            AND substring(part.hs, 1, length(whole.hs)) = whole.hs
    )
)
SELECT
    'summaries' AS dataset, demo, source_id, basis, gate, month, period_kind, direction,
    grain, at_hs AS hs, at_partner AS partner,
    CASE WHEN count(value_usd) = count(*) THEN sum(value_usd) END AS value_usd,
    CASE WHEN count(value_vnd) = count(*) THEN sum(value_vnd) END AS value_vnd,
    sum(net_kg) AS net_kg, count(net_kg) AS weighed, count(*) AS lines,
    NULL AS declarations, NULL AS firms,
    CASE min(finality) {_NAMES} END AS status
FROM coarsest JOIN place ON place.place = coarsest.place
GROUP BY demo, source_id, basis, gate, month, period_kind, direction, grain, at_hs, at_partner
ORDER BY grain, month, gate
"""

# The file accepted last decides whether a month is counted by days or as a whole, and every single day.
CROSSINGS = """
WITH newest AS (
    SELECT * FROM (
        SELECT row.*,
            rank() OVER (PARTITION BY place, direction, measure, day ORDER BY seq DESC) AS newness,
            max(CASE WHEN day IS NULL THEN seq ELSE 0 END)
                OVER (PARTITION BY place, direction, measure) AS whole,
            max(CASE WHEN day IS NULL THEN 0 ELSE seq END)
                OVER (PARTITION BY place, direction, measure) AS daily
        FROM row
    ) AS ranked WHERE newness = 1 AND ((day IS NULL) = (whole >= daily))
)
SELECT demo, source_id, gate, month, direction, measure, CAST(sum(count) AS BIGINT) AS count
FROM newest JOIN place ON place.place = newest.place
GROUP BY demo, source_id, gate, month, direction, measure
ORDER BY gate, month
"""

QUERIES = {Dataset.DECLARATIONS: DECLARATIONS, Dataset.SUMMARIES: SUMMARIES, Dataset.CROSSINGS: CROSSINGS}
