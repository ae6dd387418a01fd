"""The files of photos nobody shows go by themselves."""

import os
from datetime import timedelta
from hashlib import sha256

from app.db import now
from app.marketplace.catalogue.models import Photo
from app.marketplace.catalogue.photos import path_of
from workers import photo_tasks, settings


def test_old_files_without_a_product_are_forgotten_and_new_ones_wait(session, make, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(settings, "current", lambda: {"DATA_DIR": str(tmp_path)})
    shown, gone, fresh = (sha256(name).hexdigest() for name in (b"shown", b"gone", b"fresh"))
    make.product(photos=[Photo(sha256=shown, width=1, height=1)])
    for digest, hours in ((shown, 48), (gone, 48), (fresh, 1)):
        path = path_of(tmp_path / "photos", digest, 320)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
        moment = (now() - timedelta(hours=hours)).timestamp()
        os.utime(path, (moment, moment))
    photo_tasks.forget_unused_photos(session)
    assert {path.name[:64] for path in tmp_path.rglob("*.webp")} == {shown, fresh}
