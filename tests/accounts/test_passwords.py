"""Which passwords are fit."""

import pytest

from app.accounts import passwords


@pytest.mark.parametrize(
    "password",
    [
        "con bò nhảy qua cầu",
        "ខ្ញុំស្រឡាញ់ផ្លែស្វាយ",
        "tr0ub4dor&3xyz",
        "correct horse battery",
        "jkqv xwpz brgm",
        "x9" * 3 + "bánh tráng me " * 8,
    ],
)
def test_any_mix_of_characters_is_taken_when_it_is_hard_to_guess(password) -> None:
    passwords.judge(password)


@pytest.mark.parametrize(
    "password",
    [
        "password1234", "matkhau123456", "qwertyuiop12", "aaaaaaaaaaaa", "123456789012", "P@ssw0rd2024!",
        "Tayninh@2026", "mocxa mocxa mocxa", "MocBai123456", "abcabcabcabc", "0912345678901", "iloveyou1234",
        "mậtkhẩu123456",
    ],
)  # fmt: skip
def test_what_others_try_first_is_refused(password) -> None:
    with pytest.raises(passwords.EasyToGuess):
        passwords.judge(password)


def test_ones_own_name_and_address_are_refused() -> None:
    passwords.judge("serendipity-thach")
    with pytest.raises(passwords.EasyToGuess):
        passwords.judge("thachsophea1990", "thachsophea@shop.example", "Thạch Sophea")


def test_eleven_characters_are_too_few_and_twelve_enough() -> None:
    with pytest.raises(passwords.TooShort):
        passwords.judge("vw7#kq9!zp2")
    passwords.judge("vw7#kq9!zp2x")


def test_a_hundred_and_twenty_eight_characters_are_the_most() -> None:
    passwords.judge("k4 zq " + "mưa " * 30 + "xx")
    with pytest.raises(passwords.TooLong):
        passwords.judge("k4 zq " + "mưa " * 31)


def test_only_an_argon2id_hash_with_its_own_salt_is_kept() -> None:
    first, second = passwords.digest("con bò nhảy qua cầu"), passwords.digest("con bò nhảy qua cầu")
    assert first.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    assert first != second
    assert passwords.matches(first, "con bò nhảy qua cầu")
    assert not passwords.matches(first, "con bo nhay qua cau")
    assert not passwords.is_outdated(first)


@pytest.mark.parametrize("stored", [None, passwords.UNSET, "not a hash"])
def test_nothing_matches_where_there_is_no_password(stored) -> None:
    assert not passwords.matches(stored, "!")
