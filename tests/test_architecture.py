"""The shape of the code, checked like any other behaviour."""

import ast
import importlib
import re
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from app import config, jobs

ROOT = Path(__file__).parent.parent
FILES = [file for top in ("app", "dashboards", "workers") for file in (ROOT / top).rglob("*.py")]
PURE = ("app.money", "app.units", "app.periods", "app.text", "dashboards.figures")
EDGES = ("pages", "api", "commands", "cli", "tasks", "health", "signin_state", "demonstration", "load", "bell")


def name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


SOURCE = {name(path): path.read_text(encoding="utf-8") for path in FILES}
MODULES = {module: ast.parse(text) for module, text in SOURCE.items()}


def imports(tree: ast.AST):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in MODULES else node.module


GRAPH = {module: {found for found in imports(tree) if found in MODULES} for module, tree in MODULES.items()}


def functions(tree: ast.AST):
    return [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]


def offenders(inner: str, outer: str, allowed: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    return [
        (module, found)
        for module, wanted in GRAPH.items()
        for found in wanted
        if (module == inner or module.startswith(f"{inner}."))
        and (found == outer or found.startswith(f"{outer}."))
        and found not in allowed
    ]


def test_no_import_cycle() -> None:
    TopologicalSorter(GRAPH).prepare()


def test_imports_are_at_the_top_except_in_the_factory() -> None:
    nested = {module for module, tree in MODULES.items() for function in functions(tree) if list(imports(function))}
    assert nested == {"app"}


@pytest.mark.parametrize(
    ("inner", "outer"),
    [
        ("app.trade", "app.marketplace"),
        ("app.accounts", "app.marketplace"),
        ("app.accounts", "app.trade"),
        ("app.reference", "app.marketplace"),
        ("app.reference", "app.trade"),
        ("app", "workers"),
        ("dashboards", "workers"),
    ],
)
def test_the_inner_does_not_know_the_outer(inner: str, outer: str) -> None:
    assert offenders(inner, outer) == []


def test_only_the_factory_knows_the_dashboards() -> None:
    assert {module for module, _ in offenders("app", "dashboards")} <= {"app"}


def test_marketplace_asks_trade_only_for_flows() -> None:
    assert offenders("app.marketplace", "app.trade", allowed=("app.trade.flows",)) == []


@pytest.mark.parametrize("module", [m for m in MODULES if m.startswith(PURE)])
def test_pure_modules_import_only_pure_modules(module: str) -> None:
    assert {found for found in GRAPH[module] if not found.startswith(PURE)} <= {"app", "dashboards"}


def is_edge(module: str) -> bool:
    last = module.rpartition(".")[2]
    return module.startswith("workers") or any(last.endswith(edge) for edge in EDGES) or last == "demo"


def test_only_the_edges_open_transactions() -> None:
    opening = {
        module for module, text in SOURCE.items() if re.search(r"with (Session\.begin|Session|reading)\(\)", text)
    }
    assert {module for module in opening if not is_edge(module)} - {"app.db", "app.checks"} == set()


def test_nobody_commits_by_hand() -> None:
    assert [module for module, text in SOURCE.items() if re.search(r"session\.(commit|rollback)\(", text)] in (
        ["app.db"],
        [],
    )


def test_verbs_do_not_know_the_web() -> None:
    web = {"pages", "api", "app", "registry", "assets", "errors", "i18n", "security", "signin_state", "health"}
    web |= {"forms", "media", "who", "schemas", "cart_cookie", "front_door", "addresses"}
    knowing = {
        module
        for module, text in SOURCE.items()
        if re.search(r"^(from flask import|import flask\b)", text, re.M) and not module.startswith("dashboards")
    }
    assert {
        m for m in knowing if m.rpartition(".")[2] not in web and not m.endswith(("pages", "_pages", "_api"))
    } == set()


@pytest.mark.parametrize("path", FILES, ids=name)
def test_files_stay_readable(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 300
    tree = MODULES[name(path)]
    assert ast.get_docstring(tree), "each module opens with one line on what it is"
    long = [f.name for f in functions(tree) if (f.end_lineno or 0) - f.lineno >= 60]
    assert long == []


def test_no_room_has_a_name_that_says_nothing() -> None:
    assert [
        m for m in MODULES if m.rpartition(".")[2] in {"utils", "helpers", "manager", "base", "common", "misc"}
    ] == []


@pytest.mark.parametrize("job", [jobs.ANSWER_BELL, *jobs.KINDS.values()])
def test_every_job_name_leads_to_a_function(job: str) -> None:
    module, _, function = job.rpartition(".")
    assert callable(getattr(importlib.import_module(module), function))


def test_every_setting_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [setting.name for setting in config.SETTINGS if f"`{setting.name}`" not in readme] == []


def test_nothing_is_left_for_later() -> None:
    words = "TO" + "DO|FIX" + "ME|X" + "XX"
    assert [module for module, text in SOURCE.items() if re.search(rf"\b({words})\b", text)] == []
