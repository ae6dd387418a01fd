"""The demonstration firms: their names say that they are invented, and their tax codes belong to no province."""

from datetime import timedelta
from itertools import count

from sqlalchemy.orm import Session
from stdnum.vn import mst

from app.db import now
from app.marketplace.demo.shipped import pick, rows
from app.marketplace.firms.models import Firm, FirmState

WAITING = "co-may-moi"
INVENTED = {
    "vi": "Doanh nghiệp này không có thật: dữ liệu mẫu để xem thử.",
    "en": "This firm does not exist: it is sample data for trying things out.",
    "km": "ក្រុមហ៊ុននេះមិនមានពិតទេ៖ ជាទិន្នន័យគំរូសម្រាប់សាកល្បង។",
}


def add_firms(session: Session) -> dict[str, Firm]:
    """Add them, all verified but the one that waits for a moderator. Returns them by slug."""
    firms = {row["slug"]: _firm(number, row) for number, row in enumerate(rows("demo_firms.csv"), start=1)}
    session.add_all(firms.values())
    session.flush()
    return firms


def _firm(number: int, row: dict[str, str]) -> Firm:
    vietnamese = row["country"] == "VN"
    waits = row["slug"] == WAITING
    return Firm(
        slug=row["slug"],
        name_vi=row["name_vi"],
        name_en=row["name_en"],
        name_km=row["name_km"],
        country=row["country"],
        tax_code=_tax_code(number) if vietnamese else f"E999-9000{number:05}",
        address=f"Số {number} đường Dữ Liệu Mẫu, {row['place']}, tỉnh Tây Ninh" if vietnamese else row["place"],
        phone=f"0276 000 00{number:02}" if vietnamese else f"+855 00 000 0{number:02}",  # numbers nobody can have
        email=f"firm{number:02}@demo.example",
        bank_name="Ngân hàng Mẫu" if vietnamese else "Demo Bank",
        bank_account=f"9990000{number:03}",
        bank_holder=row["name_en"].upper(),
        state=FirmState.PENDING if waits else FirmState.VERIFIED,
        verified_at=None if waits else now() - timedelta(days=30 + pick(row["slug"], 400)),
        created=now() - timedelta(days=2 if waits else 450),
        demo=True,
        **{f"about_{lang}": f"{row[f'about_{lang}']} {sentence}" for lang, sentence in INVENTED.items()},
    )


def _tax_code(number: int) -> str:
    """A code with a right check digit under 99, a number no province has; some serials have no check digit."""
    made = (f"9990{serial:05}" for serial in count(1))
    issued = (f"{code}{digit}" for code in made if len(digit := str(mst.calc_check_digit(code))) == 1)
    for _ in range(number - 1):
        next(issued)
    return next(issued)
