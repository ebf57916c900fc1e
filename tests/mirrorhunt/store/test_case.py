"""The case: all that is stored about one host, in a bounded number of questions."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from mirrorhunt.errors import InputError, UnknownNameError
from mirrorhunt.model import Verdict
from mirrorhunt.store import case
from tests import make, packed, stored


def test_a_case_has_all_that_is_stored(any_engine: Engine, tmp_path: Path) -> None:
    found = packed.archive(any_engine, tmp_path / "vault").case()

    assert (found.host, found.network, found.seeds) == (packed.HOST, "films", (packed.SEED,))
    assert found.finding is not None
    assert found.finding.verdict is Verdict.CONFIRMED
    assert [p.technique for p in found.proposals] == ["page_links"]
    assert [look.availability for look in found.looks] == ["live"]
    assert found.looks[0].dns is not None
    assert found.looks[0].dns["addresses"] == ["192.0.2.1", "192.0.2.2"]
    assert [r.decision.value for r in found.reviews] == ["confirm"]
    assert [r.registrar for r in found.registrations] == ["A Registrar"]
    assert [run.kind for run in found.runs] == ["hunt"]
    assert [c.host for c in found.captures] == [packed.HOST]
    assert [c.host for c in found.seed_captures] == [packed.SEED]
    assert len(found.judged) >= 2


def test_a_seed_is_compared_with_nobody(engine: Engine, tmp_path: Path) -> None:
    found = packed.archive(engine, tmp_path / "vault").case(packed.SEED)

    assert found.is_seed
    assert found.seed_captures == ()
    assert [c.host for c in found.captures] == [packed.SEED]


def test_a_host_that_nobody_knows_is_one_line(engine: Engine) -> None:
    with engine.begin() as connection, pytest.raises(UnknownNameError, match="spelled"):
        case.read(connection, "other.example")


def test_of_several_networks_one_has_to_be_named(engine: Engine) -> None:
    for name in ("films", "goals"):
        hunting = stored.begun(engine, f"{name}1.example", network=name)
        stored.proposed(engine, hunting, "shared.example", seen_on=f"{name}1.example")
        stored.concluded(
            engine, hunting, stored.judgement("shared.example", Verdict.PROBABLE, network=name)
        )
    with engine.begin() as connection:
        with pytest.raises(InputError, match=r"'films', 'goals'; say --network"):
            case.read(connection, "shared.example")
        assert case.read(connection, "shared.example", "goals").network == "goals"
        with pytest.raises(InputError, match="nothing to do with network 'songs'"):
            case.read(connection, "shared.example", "songs")


def test_neighbours_are_counted_and_some_are_named(engine: Engine, tmp_path: Path) -> None:
    archive = packed.archive(engine, tmp_path / "vault")
    hunting = stored.begun(engine, packed.SEED, now=make.at(1))
    others = [f"shop{n}.example" for n in range(case.MAX_NEIGHBOURS + 5)]
    stored.looked(
        engine, hunting, *(stored.look(name, {"address": ["192.0.2.1"]}) for name in others)
    )
    stored.looked(engine, hunting, stored.look(f"www.{packed.HOST}", {"address": ["192.0.2.1"]}))
    found = archive.case()

    # What is below the same registrable domain is its own.
    assert found.neighbours_count == len(others)
    assert len(found.neighbours) == case.MAX_NEIGHBOURS


def test_more_looks_are_no_more_questions(engine: Engine, tmp_path: Path) -> None:
    archive = packed.archive(engine, tmp_path / "vault")
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _u, text, *_: asked.append(text))
    archive.case()
    once = len(asked)
    hunting = stored.begun(engine, packed.SEED, now=make.at(1))
    for day in range(1, 40):
        hunting = stored.next_run(engine, hunting, make.at(day))
        stored.looked(engine, hunting, stored.look(packed.HOST, at=make.at(day)))
    asked.clear()
    found = archive.case()

    assert len(found.looks) == 40
    assert len(asked) == once
