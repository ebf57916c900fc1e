"""What the layout asks of its files, so that a forgotten one is noticed."""

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import alembic
import pytest
from scrapy.spiderloader import get_spider_loader
from scrapy.utils.misc import load_object

from mirrorhunt.config import Config
from mirrorhunt.crawling.runner import own_settings
from mirrorhunt.evidence import kinds as evidence_kinds
from mirrorhunt.exports import formats
from mirrorhunt.indicators import kinds as indicators
from mirrorhunt.lab.worlds import worlds
from mirrorhunt.sources import sources
from mirrorhunt.variants import rules as variant_rules

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "mirrorhunt"
TESTS = ROOT / "tests"
FOLDERS = ("mirrorhunt", "spiders", "pipelines", "alembic")
SOURCES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
MAX_LINES = 400
LONGER: dict[str, str] = {}
"""Modules that may be longer, each with its reason."""

# Who may import whom: downward only. A module that is not named here stands on the first level.
LEVELS = {
    "cli": 5,
    "web": 5,
    "crawling": 5,
    "lab": 5,
    "__main__": 5,
    "settings": 5,
    "targets": 4,
    "confirming": 4,
    "judging": 4,
    "weighing": 4,
    "reviewing": 4,
    "outlook": 4,
    "queueing": 4,
    "publishing": 4,
    "blocking": 4,
    "delivering": 4,
    "scanning": 4,
    "protecting": 4,
    "archive": 4,
    "hands": 3,
    "escalating": 3,
    "learning": 3,
    "verdicts": 3,
    "remembering": 3,
    "store": 3,
    "net": 3,
    "variants": 2,
    "availability": 2,
    "indicators": 2,
    "evidence": 2,
    "exports": 2,
    "sources": 2,
}
PURE = ("variants", "availability", "indicators", "evidence", "exports", "sources")
REGISTRIES: dict[str, Mapping[str, Any]] = {
    "variants": variant_rules,
    "indicators": indicators,
    "evidence": evidence_kinds,
    "exports": formats,
    "sources": sources,
    "lab/worlds": worlds,
}
AVAILABILITY = import_module("mirrorhunt.availability").rules


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_bytes())


@cache
def imported(path: Path) -> tuple[str, ...]:
    """The dotted names that the file imports absolutely."""
    found: list[str] = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found += (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found += (f"{node.module}.{alias.name}" for alias in node.names)
    return tuple(found)


@cache
def called(path: Path) -> frozenset[str]:
    """What the file calls or reads by a dotted name, such as ``datetime.now``."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.add(f"{node.value.id}.{node.attr}")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found.add(node.func.id)
    return frozenset(found)


def offenders(
    paths: Iterable[Path], find: Callable[[Path], Iterable[str]]
) -> dict[str, list[str]]:
    """The files in which *find* finds something, with what it finds."""
    found = {relative(path): sorted(find(path)) for path in paths}
    return {name: what for name, what in found.items() if what}


def offering(folder: Path) -> set[str]:
    return {path.stem for path in folder.glob("[!_]*.py")}


# ---------------------------------------------------------------- the flat layout


def test_the_migrations_folder_does_not_shadow_alembic() -> None:
    # With an __init__.py our folder would win over the installed package wherever the checkout
    # comes first on sys.path.
    assert not (ROOT / "alembic" / "__init__.py").exists()
    assert not Path(alembic.__file__).is_relative_to(ROOT / "alembic")


def test_tests_are_no_package() -> None:
    # An editable install puts the checkout on the path: `tests` would claim that name.
    assert not list(TESTS.rglob("__init__.py"))


def test_a_wheel_can_rename_spiders_and_pipelines() -> None:
    ours = {"spiders", "pipelines"}

    assert offenders(SOURCES, lambda p: {n.partition(".")[0] for n in imported(p)} & ours) == {}


@pytest.mark.parametrize("dotted", own_settings(Config())["ITEM_PIPELINES"])
def test_a_pipeline_in_the_settings_exists(dotted: str) -> None:
    assert load_object(dotted)


def test_each_pipeline_file_is_in_the_settings() -> None:
    named = {dotted.split(".")[-2] for dotted in own_settings(Config())["ITEM_PIPELINES"]}

    assert named == offering(ROOT / "pipelines")


def test_a_spider_has_the_name_of_its_file() -> None:
    loader = get_spider_loader(own_settings(Config()))

    assert set(loader.list()) == offering(ROOT / "spiders")
    for name in loader.list():
        assert loader.load(name).__module__.rpartition(".")[2] == name


# ---------------------------------------------------------------- one file, one thing, one test


@pytest.mark.parametrize("folder", REGISTRIES)
def test_each_file_offers_one_thing(folder: str) -> None:
    # A second thing of one file is refused by the registry itself.
    assert set(REGISTRIES[folder]) == offering(ROOT / "mirrorhunt" / folder)


def test_each_availability_file_offers_one_rule() -> None:
    assert set(AVAILABILITY) == offering(ROOT / "mirrorhunt" / "availability")


@pytest.mark.parametrize("folder", [f for f in REGISTRIES if f != "lab/worlds"])
def test_each_thing_has_a_test_file_of_its_name(folder: str) -> None:
    tested = {p.stem.removeprefix("test_") for p in (TESTS / "mirrorhunt" / folder).glob("*.py")}

    assert sorted(offering(ROOT / "mirrorhunt" / folder) - tested) == []


def test_each_availability_rule_has_cases() -> None:
    # Frozen pages of that state; what needs no page is in a table that names the rule.
    folder = TESTS / "mirrorhunt" / "availability"
    frozen = {path.name for path in (folder / "cases").iterdir() if any(path.iterdir())}
    tables = "".join(path.read_text() for path in folder.glob("test_*.py"))
    rest = offering(ROOT / "mirrorhunt" / "availability") - frozen

    assert [name for name in sorted(rest) if not re.search(rf'"{name}[:"]', tables)] == []


def test_each_pipeline_has_a_test_file_of_its_name() -> None:
    tested = {p.stem.removeprefix("test_") for p in (TESTS / "pipelines").glob("test_*.py")}

    assert sorted(offering(ROOT / "pipelines") - tested) == []


# ---------------------------------------------------------------- sizes and directions


def test_a_module_is_short_enough_to_be_read() -> None:
    lengths = {relative(p): len(p.read_text(encoding="utf-8").splitlines()) for p in SOURCES}
    longer = {name: lines for name, lines in lengths.items() if lines > MAX_LINES}

    # An exception that is no longer needed goes.
    assert longer.keys() == LONGER.keys(), longer


def test_a_module_says_what_it_is() -> None:
    assert [relative(p) for p in SOURCES if not ast.get_docstring(tree(p))] == []


def test_imports_run_downward() -> None:
    assert offenders([p for p in SOURCES if p.is_relative_to(PACKAGE)], _from_above) == {}


def _from_above(path: Path) -> set[str]:
    own = LEVELS.get(path.relative_to(PACKAGE).with_suffix("").parts[0], 1)
    ours = (name for name in imported(path) if name.startswith("mirrorhunt."))
    return {name for name in ours if LEVELS.get(name.split(".")[1], 1) > own}


def test_a_rule_is_pure_and_knows_no_sibling() -> None:
    paths = [p for folder in PURE for p in sorted((PACKAGE / folder).glob("*.py"))]

    assert offenders(paths, _impure) == {}


def _impure(path: Path) -> set[str]:
    folder, siblings = path.parent.name, offering(path.parent)
    found = set()
    for name in imported(path):
        package, *rest = name.split(".")
        if package in {"sqlalchemy", "scrapy", "socket", "aiohttp", "dns"}:
            found.add(name)
        if package != "mirrorhunt" or not rest or rest[0] not in PURE:
            continue
        if rest[0] != folder or (len(rest) > 1 and rest[1] in siblings):
            found.add(name)
    return found


def test_the_clock_is_read_at_the_top_level_only() -> None:
    # The configuration says how far the clock is ahead in a lab, and so what time it is.
    top = [PACKAGE / name for name in ("cli", "crawling", "lab", "web", "config.py")]
    below = [
        p
        for p in SOURCES
        if p.is_relative_to(PACKAGE) and not any(p.is_relative_to(place) for place in top)
    ]
    reads = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"}

    assert offenders(below, lambda p: called(p) & reads) == {}


def test_only_the_command_line_prints() -> None:
    rest = [p for p in SOURCES if not p.is_relative_to(PACKAGE / "cli")]

    assert offenders(rest, lambda p: called(p) & {"print"}) == {}


def test_the_environment_is_read_in_one_place() -> None:
    rest = [p for p in SOURCES if p != PACKAGE / "config.py"]
    reads = {"os.environ", "os.getenv", "os.putenv"}

    assert offenders(rest, lambda p: called(p) & reads) == {}


def test_sql_is_written_in_the_store_only() -> None:
    places = (PACKAGE / "store", ROOT / "alembic")
    rest = [p for p in SOURCES if not any(p.is_relative_to(place) for place in places)]
    allowed = {"sqlalchemy.Engine", "sqlalchemy.Connection"}

    assert (
        offenders(rest, lambda p: {n for n in imported(p) if n.startswith("sqlalchemy")} - allowed)
        == {}
    )
