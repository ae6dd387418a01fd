"""Every string in three languages, with the same places to fill in; Khmer listed for review."""

import csv
import re
import unicodedata

import pytest

from app import translating

PLACE = re.compile(r"%\([a-z_]+\)[sd]|%%|%[sd]|\{[a-z_]*\}")


@pytest.mark.parametrize("language", translating.LANGUAGES)
def test_every_string_is_translated(language) -> None:
    assert translating.missing(language) == []


@pytest.mark.parametrize("language", translating.LANGUAGES)
def test_a_translation_has_the_places_of_its_original(language) -> None:
    wrong = []
    for message in translating.read(language):
        originals = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
        strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        right = [sorted(PLACE.findall(original)) for original in originals]
        wrong += [(originals, text) for text in strings if message.id and sorted(PLACE.findall(text)) not in right]
    assert wrong == []


def test_khmer_is_written_in_khmer_letters() -> None:
    """Only codes, names of formats and what is filled in may stand alone in Latin letters."""
    code = re.compile(r"\b[A-Z][A-Z0-9.]+\b|\bTab\b|\btab\b|\bkg\b")
    latin_only = [
        str(message.string)
        for message in translating.read("km")
        if message.id and isinstance(message.string, str) and not re.search("[\u1780-\u17ff]", message.string)
    ]
    assert [text for text in latin_only if re.search("[A-Za-z]", code.sub("", PLACE.sub("", text)))] == []


def test_vietnamese_is_composed_unicode() -> None:
    texts = [str(message.string) for message in translating.read("vi") if message.id]
    broken = [text for text in texts if not unicodedata.is_normalized("NFC", text)]
    assert broken == []


def test_every_khmer_string_stands_in_the_review_list() -> None:
    with translating.REVIEW.open(encoding="utf-8-sig", newline="") as file:
        listed = {row["msgid"] for row in csv.DictReader(file)}
    assert {translating.key_of(message) for message in translating.read("km") if message.id} == listed


def test_a_reviewers_correction_reaches_the_reader_without_touching_code(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(translating, "FOLDER", tmp_path)
    monkeypatch.setattr(translating, "REVIEW", tmp_path / "khmer_review.csv")
    po = tmp_path / "km" / "LC_MESSAGES" / "messages.po"
    po.parent.mkdir(parents=True)
    po.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Gate"\nmsgstr "ទ្វារ"\n')
    translating.REVIEW.write_text("msgid,correction\nGate,ច្រក\n", encoding="utf-8-sig")
    translating.compile_all()
    assert "ច្រក".encode() in po.with_suffix(".mo").read_bytes()
