"""Files as clerks deliver them, and the way through the engine without a worker process."""

import io
from collections.abc import Sequence

from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from app.db import reading
from app.trade import tasks
from app.trade.models import Import

HEADS = (
    "Số tờ khai", "Số dòng", "Ngày đăng ký", "Hướng", "Cửa khẩu", "Mã HS", "Nước đối tác", "Trị giá nguyên tệ",
    "Nguyên tệ", "Trọng lượng tịnh (kg)",
)  # fmt: skip
CROSSING_HEADS = ("Cửa khẩu", "Ngày", "Hướng", "Loại phương tiện", "Số lượt")


def declaration(number: int, line: int = 1, **changed: str) -> list[str]:
    """A good line; `changed` by header."""
    good = dict(
        zip(
            HEADS,
            (f"308123{number:05d}0", str(line), "16/10/2025", "Xuất", "Mộc Bài", "11081400", "Campuchia",
             f"{1000 + number},5", "USD", "2000"),
            strict=True,
        )
    )  # fmt: skip
    return list((good | changed).values())


def crossing(day: str, count: str, gate: str = "Mộc Bài", kind: str = "Xe tải") -> list[str]:
    return [gate, day, "Xuất cảnh", kind, count]


def csv(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """As a Vietnamese spreadsheet program saves it."""
    return "\r\n".join(";".join(cells) for cells in (heads, *rows)).encode("utf-8-sig")


def post(client, path: str, content: bytes, name: str = "Tờ khai tháng 10.csv", headers=None, **fields: str):
    """A multipart form with a file. Encoded here: the test client leaves a large temporary file open."""
    boundary, body = encode_multipart({"file": FileStorage(io.BytesIO(content), name), **fields})
    return client.post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}", headers=headers)


def send(client, content: bytes, dataset: str = "declarations", **fields) -> int:
    """Send through the page; the number of the import."""
    if "source" not in fields:
        fields.setdefault("new_source", "Chi cục Hải quan Mộc Bài")
    answer = post(client, "/vi/trade/imports", content, dataset=dataset, **fields)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return int(answer.location.rpartition("/")[2])


def delivered(client, settings, content: bytes, dataset: str = "declarations", **more) -> int:
    """Send and read."""
    import_id = send(client, content, dataset, **more)
    tasks.read(settings, import_id)
    return import_id


def state(import_id: int) -> Import:
    with reading() as session:
        found = session.get_one(Import, import_id)
        session.expunge_all()
        return found
