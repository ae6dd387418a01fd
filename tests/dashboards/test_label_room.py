"""Direct labels are never cut off at the edge of a figure."""

from dashboards.figures import Line, Words, over_time


def line(label: str) -> Line:
    return Line("a", "var(--river)", "solid", (), (), label)


def test_the_room_beside_the_lines_follows_the_longest_label() -> None:
    figure = over_time([line("Xuất <b>9</b>"), line("Nhập khẩu <b>68,4</b>")], Words({}))
    assert figure["layout"]["margin"]["r"] == 12 + 7 * len("Nhập khẩu 68,4")


def test_marks_below_a_khmer_letter_take_no_room() -> None:
    figure = over_time([line("នំ")], Words({}))
    assert figure["layout"]["margin"]["r"] == 12 + 7
