"""A feature without documents fails here.

Whatever an operator can type or read has to be named in ``README.md`` or ``docs/``: kinds, keys
and formats in backticks, commands as they are typed.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
from scrapy.spiderloader import get_spider_loader

from mirrorhunt.availability import rules as availability_rules
from mirrorhunt.cli import app
from mirrorhunt.config import PREFIX, Config
from mirrorhunt.crawling.runner import own_settings
from mirrorhunt.evidence import kinds as evidence_kinds
from mirrorhunt.exports import formats
from mirrorhunt.indicators import kinds as indicators
from mirrorhunt.lab.worlds import worlds
from mirrorhunt.model import Availability, Verdict
from mirrorhunt.sources import sources
from mirrorhunt.variants import rules as variant_rules

ROOT = Path(__file__).parents[1]


@cache
def documents() -> str:
    files = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


# Typer carries a copy of click's classes, whose types it does not show: hence Any.
def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Every command as it is typed, the groups among them."""
    yield " ".join(("mirrorhunt", *path)), command
    for name, below in sorted(getattr(command, "commands", {}).items()):
        yield from commands(below, (*path, name))


COMMANDS = dict(commands(typer.main.get_command(app)))
LEAVES = [name for name, command in COMMANDS.items() if not hasattr(command, "commands")]
OPTIONS = [
    (name, parameter)
    for name, command in COMMANDS.items()
    for parameter in command.params
    if parameter.param_type_name == "option" and not parameter.hidden
]
NAMED = {
    "technique": get_spider_loader(own_settings(Config())).list(),
    "variant rule": list(variant_rules),
    "indicator": list(indicators),
    "evidence kind": list(evidence_kinds),
    "availability rule": list(availability_rules),
    "availability": [state.value for state in Availability],
    "verdict": [verdict.value for verdict in Verdict],
    "format": list(formats),
    "source": list(sources),
    "world": list(worlds),
    "setting": [name for name in Config.__dataclass_fields__ if name != "source"],
}


def test_there_are_commands_and_options() -> None:
    # What follows would hold for an empty list too.
    assert "mirrorhunt hunt" in LEAVES
    assert "--database" in {option.opts[0] for _, option in OPTIONS}


def test_each_command_has_help() -> None:
    assert [name for name, command in COMMANDS.items() if not command.help] == []


def test_each_option_has_help() -> None:
    assert [(name, option.opts) for name, option in OPTIONS if not option.help] == []


def test_each_command_is_documented() -> None:
    assert [name for name in LEAVES if name not in documents()] == []


def test_each_option_is_documented() -> None:
    longest = {max(option.opts, key=len) for _, option in OPTIONS} - {"--help"}

    assert sorted(option for option in longest if option not in documents()) == []


@pytest.mark.parametrize("what", NAMED)
def test_each_name_is_documented(what: str) -> None:
    missing = [name for name in NAMED[what] if f"`{name}`" not in documents()]

    assert missing == []


def test_the_environment_is_documented() -> None:
    # One is enough to show how a key becomes a variable.
    assert f"{PREFIX}DATABASE_URL" in documents()


def test_each_exit_code_is_documented() -> None:
    assert [code for code in range(6) if f"| {code} |" not in documents()] == []


def test_documents_point_at_files_that_exist() -> None:
    for file in [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", file.read_text(encoding="utf-8")):
            assert (file.parent / target).exists(), f"{file.name}: {target}"
