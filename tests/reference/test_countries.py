"""Countries as trade tables spell them, and as forms offer them."""

import pytest

from app.reference import countries


@pytest.mark.parametrize(
    ("spelling", "iso2"),
    [
        ("Campuchia", "KH"), ("CAMBODIA", "KH"), ("កម្ពុជា", "KH"), ("KHM", "KH"), ("kh", "KH"), ("Việt Nam", "VN"),
        ("Viet Nam", "VN"), ("Mỹ", "US"), ("Bỉ", "BE"), ("Áo", "AT"), ("Trung Quốc", "CN"), ("trung quoc", "CN"),
        ("Nowhere", None),
    ],
)  # fmt: skip
def test_spellings_lead_to_their_country(session, spelling, iso2) -> None:
    assert countries.code_of(countries.by_alias(session), spelling) == iso2


@pytest.mark.parametrize("lang", ["vi", "km", "en"])
def test_forms_offer_viet_nam_and_cambodia_first(session, lang) -> None:
    options = countries.options(session, lang)
    assert [code for code, _ in options[:2]] == ["VN", "KH"]
    assert len(options) == len({code for code, _ in options}) == 249
    assert all(name for _, name in options)


def test_the_others_follow_by_name_as_people_sort_it(session) -> None:
    names = [name for _, name in countries.options(session, "vi")][2:]
    assert names.index("Áo") < names.index("Bỉ") < names.index("Đức") < names.index("Pháp")
