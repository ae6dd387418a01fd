"""Where the large public files and the domain's test vectors lie, when they lie anywhere on this machine."""

import os
from pathlib import Path

DATA = Path(os.environ.get("MOCXA_SHARED_DATA") or Path(__file__).parents[2] / "shared" / "data")
DOMAIN = DATA.parent / "domain"
