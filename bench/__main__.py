"""`make bench` runs every measurement; `python -m bench NAME …` runs some of them."""

import importlib
import pkgutil
import sys
from pathlib import Path


def names() -> list[str]:
    """Every module here that has a `main`."""
    found = sorted(module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
    return [name for name in found if name not in {"__main__", "load"}]


def main() -> None:
    for name in sys.argv[1:] or names():
        module = importlib.import_module(f"bench.{name}")
        if hasattr(module, "main"):
            print(f"\n== {name}: {(module.__doc__ or '').splitlines()[0]}", flush=True)
            module.main()


if __name__ == "__main__":
    main()
