"""`mirrorhunt learn`: shows, writes, forgets."""

import json

import pytest
from sqlalchemy import Engine

from mirrorhunt import judging
from mirrorhunt.decisions import Decision
from mirrorhunt.policy import DEFAULT
from mirrorhunt.store import calibrations
from tests import make, stored
from tests.mirrorhunt.cli.conftest import Run

OWN = {"ad_id": ["propeller:4455667"], "offers": ["player", "schedule"]}


@pytest.fixture
def decided(engine: Engine) -> None:
    hunting = stored.begun(engine)
    names = [f"films{n}.example" for n in range(1, 14)]
    stored.proposed(engine, hunting, *names[1:], channel="recombined")
    stored.looked(engine, hunting, *(stored.look(name, OWN) for name in names))
    judging.judge_network(engine, "films", make.NOW, lambda _: False)
    for n, name in enumerate(names[1:]):
        stored.decided(engine, name, Decision.CONFIRM if n % 3 else Decision.REJECT)


def current(engine: Engine) -> str:
    with engine.begin() as connection:
        return calibrations.current(connection).version


def test_without_decisions_it_says_how_many_it_needs(run: Run) -> None:
    ended = run("learn")

    assert ended.code == 2
    assert "0 domains were decided upon" in ended.line


@pytest.mark.usefixtures("decided")
def test_a_dry_run_writes_nothing(run: Run, engine: Engine) -> None:
    ended = run("learn", "--dry-run", "--json")

    said = json.loads(ended.out)
    assert ended.code == 0
    assert said["decisions"] == 12
    assert current(engine) == DEFAULT.version


@pytest.mark.usefixtures("decided")
def test_what_is_learned_is_in_force_until_it_is_forgotten(run: Run, engine: Engine) -> None:
    assert run("learn", "--force").code == 0
    assert current(engine) == "2026.2+12"

    assert run("learn", "--force").code == 0
    assert current(engine) == "2026.2+12.2"

    assert run("learn", "--forget").code == 0
    assert current(engine) == DEFAULT.version
    assert run("learn", "--forget").code == 0
    with engine.begin() as connection:
        assert len(calibrations.every(connection)) == 2
