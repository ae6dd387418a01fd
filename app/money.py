"""Money: an exact amount in one currency, and the one place where amounts are rounded."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

CURRENCIES = {"VND": 0, "KHR": 0, "USD": 2}
"""Currency → decimals that are used in trade (whole dong and riel, cents)."""

_WIDE = Context(prec=60, rounding=ROUND_HALF_UP)  # wide enough that only the final rounding loses digits


class MoneyError(ValueError):
    """An amount or an operation on amounts that has no meaning."""


class UnknownCurrency(MoneyError):
    """A currency this platform does not trade in."""


class InexactAmount(MoneyError):
    """More decimals than the currency has, or not a finite number."""


class MixedCurrencies(MoneyError):
    """Amounts of different currencies are converted with a dated rate first, never mixed."""


@dataclass(frozen=True, slots=True)
class Money:
    """`amount` always carries exactly the decimals of `currency`."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        exact = _to_scale(self.amount, self.currency)
        if exact != self.amount:
            raise InexactAmount(f"{self.amount} has more decimals than {self.currency}")
        object.__setattr__(self, "amount", exact)

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(_WIDE.add(self.amount, other.amount), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return self + -other

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __lt__(self, other: "Money") -> bool:
        self._same(other)
        return self.amount < other.amount

    def __le__(self, other: "Money") -> bool:
        self._same(other)
        return self.amount <= other.amount

    def __gt__(self, other: "Money") -> bool:
        return other < self

    def __ge__(self, other: "Money") -> bool:
        return other <= self

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def times(self, quantity: Decimal | int) -> "Money":
        """The price of `quantity`, rounded once."""
        return rounded(_WIDE.multiply(self.amount, Decimal(quantity)), self.currency)

    def convert(self, rate: Decimal, currency: str) -> "Money":
        """This amount in another currency, `rate` units of it for one of ours, rounded once."""
        return rounded(_WIDE.multiply(self.amount, _positive(rate)), currency)

    def convert_back(self, rate: Decimal, currency: str) -> "Money":
        """This amount in another currency, `rate` units of ours for one of it, rounded once."""
        return rounded(_WIDE.divide(self.amount, _positive(rate)), currency)

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise MixedCurrencies(f"{self.currency} and {other.currency}")


def rounded(amount: Decimal, currency: str) -> Money:
    """The amount to the decimals of its currency, halves away from zero. Every rounding of money is this one."""
    return Money(_to_scale(amount, currency), currency)


def zero(currency: str) -> Money:
    """Nothing, in a currency."""
    return Money(Decimal(0), currency)


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum of amounts of one currency; nothing sums to zero."""
    return sum(amounts, zero(currency))


def _positive(rate: Decimal) -> Decimal:
    if not rate > 0:
        raise MoneyError(f"a rate is positive, not {rate}")
    return rate


def _to_scale(amount: Decimal, currency: str) -> Decimal:
    if currency not in CURRENCIES:
        raise UnknownCurrency(currency)
    if not isinstance(amount, Decimal):
        raise InexactAmount(f"{amount!r} is not a Decimal")
    if not amount.is_finite():
        raise InexactAmount(f"{amount} is not an amount")
    return _WIDE.quantize(amount, Decimal(1).scaleb(-CURRENCIES[currency])) + Decimal(0)
