"""Finding HS codes in three languages, with the path to each."""

import pytest

from app.reference import hs_codes


def codes(session, q: str, limit: int = 20) -> list[str]:
    return [hit.code for hit in hs_codes.search(session, q, limit)]


@pytest.mark.parametrize(
    ("q", "code"),
    [
        ("tinh bột sắn", "11081400"),
        ("tinh bot san", "11081400"),
        ("TINH BỘT SẮN", "11081400"),
        ("cassava starch", "11081400"),
        ("bánh tráng", "19059070"),
        ("banh trang", "19059070"),
        ("rice paper", "19059070"),
        ("នំបាញ់ត្រាង", "19059070"),
        ("durian", "08106000"),
        ("sầu riêng", "08106000"),
    ],
)
def test_the_line_a_trader_means_comes_first(session, q, code) -> None:
    assert codes(session, q)[0] == code


def test_words_with_diacritics_find_their_own_spelling_only(session) -> None:
    sugar, road = "đường", "duong"
    exact = hs_codes.search(session, sugar, 50)
    texts = [" ".join(node.text_vi or "" for node in (*hit.path, hit.line)).lower() for hit in exact]
    assert all("đường" in text for text in texts[:10])
    assert exact[0].code[:4] in {"1701", "1702"}
    assert set(codes(session, road, 50)) >= set(codes(session, sugar, 5))


def test_exact_beats_folded(session) -> None:
    assert hs_codes._exact_or_folded(session, "sắn") != hs_codes._exact_or_folded(session, "san")
    assert set(hs_codes._exact_or_folded(session, "sắn")) < set(hs_codes._exact_or_folded(session, "san"))


def test_every_word_must_be_met_in_the_line_or_above_it(session) -> None:
    wide, narrow = codes(session, "cao su", 100), codes(session, "cao su lốp", 100)
    assert narrow
    for hit in hs_codes.search(session, "cao su lốp", 100):
        texts = " ".join(f"{n.text_vi} {n.text_en} {n.text_km}" for n in (*hit.path, hit.line)).lower()
        assert "cao su" in texts or hit.code in wide


def test_digits_find_the_lines_under_a_code_in_order(session) -> None:
    found = codes(session, "0801.3", 50)
    assert found == sorted(found)
    assert found[0] == "08013100"
    assert all(code.startswith("08013") for code in found)
    assert codes(session, "08013200") == ["08013200"]


def test_the_path_goes_chapter_heading_subheading(session) -> None:
    hit = hs_codes.lookup(session, "1108.14.00")
    assert [node.code for node in hit.path] == ["11", "1108", "110814"]
    assert [node.level for node in (*hit.path, hit.line)] == [2, 4, 6, 8]


@pytest.mark.parametrize("q", ["", "   ", "và", "zzzzqqq", "99999999", "%", "_", "'; drop table hs_code"])
def test_a_search_without_meaning_finds_nothing(session, q) -> None:
    assert codes(session, q) == []


def test_there_are_never_more_hits_than_asked_for(session) -> None:
    assert len(codes(session, "máy", 7)) == 7


def test_a_line_is_needed_for_goods(session) -> None:
    assert hs_codes.line(session, "08013200").code == "08013200"
    with pytest.raises(hs_codes.NotALine):
        hs_codes.line(session, "0801")
    with pytest.raises(hs_codes.NoSuchCode):
        hs_codes.line(session, "00000000")


@pytest.mark.parametrize(
    ("plain", "dotted"), [("08", "08"), ("0801", "0801"), ("080132", "0801.32"), ("08013200", "0801.32.00")]
)
def test_codes_are_text_and_written_as_the_tariff_prints_them(plain, dotted) -> None:
    assert hs_codes.dotted(plain) == dotted
    assert hs_codes.plain(dotted) == plain


def test_the_tree_is_walked_from_chapters_down(session) -> None:
    assert len(hs_codes.children(session, None)) == 98
    assert [node.code for node in hs_codes.children(session, "110814")] == ["11081400"]


def test_the_page_shows_hits_with_their_path_without_script(client) -> None:
    page = client.get("/en/hs?q=cassava+starch").text
    assert "1108.14.00" in page and "<html" in page
    assert "data-fill" not in page


def test_a_form_gets_hits_with_a_button_that_fills_its_field(client) -> None:
    part = client.get("/vi/hs?q=tinh+bot+san&into=f-hs_code", headers={"HX-Request": "true"}).text
    assert 'data-fill="f-hs_code" data-value="11081400"' in part
    assert "<html" not in part


def test_the_field_to_fill_is_a_plain_name(client) -> None:
    part = client.get('/vi/hs?q=san&into=x"onclick="', headers={"HX-Request": "true"}).text
    assert "data-fill" not in part


def test_the_page_of_a_code_shows_its_way_and_what_is_under_it(client) -> None:
    page = client.get("/en/hs/1108").text
    assert "/en/hs/110814" in page and "/en/hs/11" in page
    assert client.get("/en/hs/0000").status_code == 404


def test_programs_find_codes_with_their_path(client) -> None:
    item = client.get("/api/v1/hs?q=cassava starch&limit=3").json["items"][0]
    assert (item["code"], item["dotted"], item["level"]) == ("11081400", "1108.14.00", 8)
    assert [node["code"] for node in item["path"]] == ["11", "1108", "110814"]
    assert client.get("/api/v1/hs").status_code == 422
    assert client.get("/api/v1/hs?q=a&limit=1000").status_code == 422


def test_programs_look_a_code_up(client) -> None:
    answer = client.get("/api/v1/hs/1108.14").json
    assert (answer["code"], answer["edition"]) == ("110814", "AHTN2022")
    assert [node["code"] for node in answer["children"]] == ["11081400"]
    assert client.get("/api/v1/hs/77").status_code == 404
