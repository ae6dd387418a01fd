"""What states, steps and styles of an import are called, and what each state asks of a person."""

from flask_babel import lazy_gettext as _l

from app.trade.models import Basis, State

STATES = {
    State.RECEIVED: _l("waiting to be read"),
    State.READING: _l("being read"),
    State.MAPPING_NEEDED: _l("columns unclear"),
    State.READY: _l("to be decided"),
    State.ACCEPTED: _l("accepted"),
    State.PUBLISHING: _l("being published"),
    State.PUBLISHED: _l("figures published"),  # goods on sale are "published" in another sense
    State.WITHDRAWN: _l("withdrawn"),
    State.REJECTED: _l("rejected"),
    State.FAILED: _l("failed"),
    State.CANCELLED: _l("cancelled"),
}
MOVING = (State.RECEIVED, State.READING, State.ACCEPTED, State.PUBLISHING)
TONES = {State.READY: "waiting"}  # the badge of a state that looks different here than elsewhere
WAITING = (State.READY, State.MAPPING_NEEDED, State.FAILED)
ASKED = {
    State.READY: _l("Look at what was found, then accept or reject the file."),
    State.MAPPING_NEEDED: _l("Say which column is which."),
    State.FAILED: _l("See why it failed, then try again or reject it."),
}
STEPS = {
    "received": _l("Waiting for a worker"),
    "opening": _l("Opening the file"),
    "reading": _l("Reading rows"),
    "checking": _l("Checking every row"),
    "storing": _l("Storing the good rows"),
    "accepted": _l("Waiting to be published"),
    "publishing": _l("Computing gate-months"),
    "published": _l("Published"),
}
NUMBER_STYLES = {
    "vi": _l("1.234,5 – point for thousands, comma for decimals"),
    "en": _l("1,234.5 – comma for thousands, point for decimals"),
}
DATE_STYLES = {
    "%d/%m/%Y": _l("day/month/year: 06/10/2025 is 6 October"),
    "%m/%d/%Y": _l("month/day/year: 06/10/2025 is 10 June"),
    "%Y-%m-%d": _l("year-month-day: 2025-10-06"),
    "%d-%m-%Y": _l("day-month-year: 06-10-2025"),
    "%d.%m.%Y": _l("day.month.year: 06.10.2025"),
    "%Y/%m/%d": _l("year/month/day: 2025/10/06"),
    "%Y%m%d": _l("year month day without signs: 20251006"),
    "%d/%m/%y": _l("day/month/short year: 06/10/25"),
    "serial": _l("day number of a spreadsheet: 45936"),
}
DELIMITERS = {",": _l("comma"), ";": _l("semicolon"), "\t": _l("tab"), "|": _l("bar")}
COMPRESSIONS = {"gzip": _l("compressed with gzip"), "ole2": _l("older Excel file")}
KINDS = {
    Basis.GATE: _l("through the gate"),
    Basis.PROVINCE: _l("of the province"),
    Basis.TRANSIT: _l("transit"),
    Basis.EXCLUDED: _l("outside the statistics"),
    "truck": _l("trucks"),
    "container": _l("containers"),
    "container_loaded": _l("loaded containers"),
    "container_empty": _l("empty containers"),
    "bus": _l("buses"),
    "bus_passenger": _l("bus passengers"),
    "car": _l("cars"),
    "car_passenger": _l("people in cars"),
    "motorbike": _l("motorbikes"),
    "train": _l("trains"),
    "train_passenger": _l("train passengers"),
    "rail_container_loaded": _l("loaded rail containers"),
    "rail_container_empty": _l("empty rail containers"),
    "pedestrian": _l("pedestrians"),
    "person": _l("people"),
    "vehicle": _l("vehicles"),
    "fee_vehicle": _l("vehicles that pay the fee"),
    "resident": _l("border residents"),
}
DIRECTIONS = {
    "export": _l("export"),
    "import": _l("import"),
    "transit": _l("transit"),
    "in": _l("into Viet Nam"),
    "out": _l("out of Viet Nam"),
    "both": _l("both ways"),
}
