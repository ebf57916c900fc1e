"""The script that makes the shipped statistics."""

import sys
from datetime import UTC, datetime
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from mirrorhunt.variants import Statistics

SCRIPT = Path(__file__).parents[3] / "benchmarks" / "hop_statistics.py"
UNTIL = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = spec_from_file_location("hop_statistics", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def data(tmp_path: Path) -> Path:
    lines = ["source,brand,domain,host,first_seen,kind,proxy_farm"]
    for number, stem in enumerate(("north", "brave", "gold", "luck", "amber", "moon", "city")):
        day = number + 1
        lines += [
            f"x,{stem},{stem}scans.net,{stem}scans.net,2024-01-{day:02}T00:00:00Z,current,0",
            f"x,{stem},{stem}scans.org,{stem}scans.org,2024-03-{day:02}T00:00:00Z,current,0",
            f"x,{stem},farm.example,{stem}.farm.example,2024-04-01T00:00:00Z,alt,1",
            f"x,{stem},{stem}scans.xyz,{stem}scans.xyz,2026-03-{day:02}T00:00:00Z,current,0",
        ]
    lines.append("x,north,northscanssecret.org,a.example,2024-05-01T00:00:00Z,current,0")
    path = tmp_path / "data.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_nothing_is_kept_that_only_one_network_did_or_that_tells_its_name(
    script: ModuleType, data: Path
) -> None:
    found = script.facts(script.read_histories(data, UNTIL))
    keys = " ".join(f"{fact.table} {fact.key}" for fact in found)
    assert "secret" not in keys
    assert "north" not in keys
    assert "farm" not in keys


def test_what_came_later_is_left_out(script: ModuleType, data: Path) -> None:
    found = script.facts(script.read_histories(data, UNTIL))
    assert all(fact.period < "2025" for fact in found)
    assert not any("xyz" in fact.key for fact in found)


def test_moves_and_shared_words_are_counted(script: ModuleType, data: Path) -> None:
    found = script.facts(script.read_histories(data, UNTIL))
    counted = {(f.period, f.table, f.key): f.times for f in found}
    assert counted["2024-03", "swap", "net>org"] == 7
    assert counted["2024-01", "word_end", "scans"] == 7


def test_the_file_reads_back_the_same_and_is_made_the_same(script: ModuleType, data: Path) -> None:
    found = script.facts(script.read_histories(data, UNTIL), ["a.com", "b.com", "c.net"])
    text = script.written(found, "a test", UNTIL)
    assert list(Statistics.parse(text).facts) == found
    again = script.facts(script.read_histories(data, UNTIL), ["c.net", "b.com", "a.com"])
    assert script.written(again, "a test", UNTIL) == text
