"""`mirrorhunt learn`: shows, writes, forgets."""

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine

from mirrorhunt import judging
from mirrorhunt.decisions import Decision
from mirrorhunt.errors import BoundsError
from mirrorhunt.policy import DEFAULT
from mirrorhunt.store import calibrations, runs
from tests import make, stored
from tests.mirrorhunt.cli.conftest import Run

DOCUMENTED = Path(__file__).parents[3] / "docs" / "reference.md"
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


@pytest.fixture
def contradicting(engine: Engine) -> None:
    """Two networks whose hosts show the same kinds: all belong in one, none in the other."""
    for network, decision in (("films", Decision.CONFIRM), ("sports", Decision.REJECT)):
        own = OWN | {"ad_id": [f"propeller:{network}"]}
        hunting = stored.begun(engine, f"{network}1.example", network=network)
        names = [f"{network}{n}.example" for n in range(1, 13)]
        stored.proposed(engine, hunting, *names[1:], seen_on=names[0])
        stored.looked(engine, hunting, *(stored.look(name, own) for name in names))
        judging.judge_network(engine, network, make.NOW, lambda _: False)
        for name in names[1:]:
            stored.decided(engine, name, decision)
        with engine.begin() as connection:
            runs.finish_run(connection, hunting.run.id, make.NOW, None)


@pytest.mark.usefixtures("contradicting")
def test_numbers_that_foretell_worse_are_a_bound_and_exit_code_three(
    run: Run, engine: Engine
) -> None:
    said = json.loads(run("learn", "--dry-run", "--json").out)["held_out"]
    # What one network teaches is wrong in the other.
    assert said["after"]["log_loss_bits"] > said["before"]["log_loss_bits"]

    ended = run("learn")

    assert ended.code == BoundsError.exit_code == 3
    assert "foretold worse: nothing was written" in ended.err
    assert current(engine) == DEFAULT.version


def test_the_exit_code_means_what_is_said_of_it(run: Run) -> None:
    assert "3 a bound refused what was to be published or learned" in " ".join(
        run("--help").out.split()
    )
    assert "the exit code is 3" in " ".join(run("learn", "--help").out.split())
    assert "published or learned" in DOCUMENTED.read_text(encoding="utf-8")
