"""The demonstration shop: invented firms and people around goods of the kind that cross these gates."""

from app.marketplace.demo.loading import load
from app.marketplace.demo.removing import remove

__all__ = ["load", "remove"]
