"""Passwords: which are fit, and how they are kept (argon2id)."""

import secrets
from functools import lru_cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import lazy_gettext as _l
from zxcvbn import zxcvbn

from app.errors import Problem
from app.text import fold

SHORTEST = 12
LONGEST = 128
GUESSES = 10**9  # fewer than this many are within reach of somebody who stole the database
UNSET = "!"  # kept instead of a hash until the person sets a password; nothing matches it
ESTIMATED = 72  # the estimate looks at so many characters; more only make a password better

# Words that come to mind first here: the place, the product, the roles, and the favourites of Vietnamese and Khmer.
CONTEXT_WORDS = (
    "mocxa", "mocbai", "xamat", "tayninh", "vietnam", "campuchia", "cambodia", "kampuchea", "phnompenh", "svayrieng",
    "bavet", "longan", "trangbang", "cuakhau", "haiquan", "customs", "border", "gate", "market", "seller", "buyer",
    "economist", "moderator", "admin", "administrator", "quantri", "matkhau", "xinchao", "anhyeuem", "emyeuanh",
    "yeuem", "yeuanh", "maiyeu", "mailamotnguoi", "khongbiet", "giadinh", "congty", "suasdey", "srolanh", "oun",
    "khmer", "nguyen", "tran",
)  # fmt: skip

_hasher = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=1)
_few_at_once = BoundedSemaphore(4)  # each takes 64 MiB


class UnfitPassword(Problem):
    """The new password is not taken."""

    status = 422


class TooShort(UnfitPassword):
    message = _l("Use at least %(least)s characters. A few words in a row are easy to remember.")


class TooLong(UnfitPassword):
    message = _l("Use at most %(most)s characters.")


class EasyToGuess(UnfitPassword):
    message = _l("This password is easy to guess. Try a few words that do not belong together.")


class WrongPassword(Problem):
    """The present password was not given right."""

    status = 422
    message = _l("This is not your present password.")


def judge(password: str, *own_words: str) -> None:
    """Refuse a new password that is short, or that is guessed soon by one who knows `own_words` (name, e-mail)."""
    if len(password) < SHORTEST:
        raise TooShort(least=SHORTEST)
    if len(password) > LONGEST:
        raise TooLong(most=LONGEST)
    near = {part for words in own_words for part in (words.lower(), *fold(words).replace("@", " ").split())}
    for spelled in {password, fold(password)}:
        if zxcvbn(spelled[:ESTIMATED], user_inputs=[*CONTEXT_WORDS, *near])["guesses"] < GUESSES:
            raise EasyToGuess()


def digest(password: str) -> str:
    """What the database keeps of a password."""
    with _few_at_once:
        return _hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether this is the password. It takes as long without a stored one, so that time does not tell who exists."""
    known = stored is not None and stored != UNSET
    with _few_at_once:
        try:
            return _hasher.verify(stored if known and stored else _nobodys(), password) and known
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(stored: str) -> bool:
    """Whether the parameters changed since this was stored."""
    return _hasher.check_needs_rehash(stored)


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return _hasher.hash(secrets.token_hex())
