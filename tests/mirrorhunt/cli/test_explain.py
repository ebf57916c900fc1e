"""`mirrorhunt explain`."""

import json
import math
from dataclasses import replace

import pytest
from sqlalchemy import Engine, select

from mirrorhunt import verdicts
from mirrorhunt.cli.explain import in_short, probability
from mirrorhunt.model import Relation, Verdict
from mirrorhunt.store import blockings, tables
from mirrorhunt.store.blockings import Hidden
from tests import make, stored
from tests.mirrorhunt.cli.conftest import Run

HOSTILE = "\x1b[31mred\x07 [bold]markup[/bold] \u202eesrever " + "x" * 5000


@pytest.fixture
def found(engine: Engine) -> None:
    """A probable host whose page is hostile to terminals."""
    hunting = stored.begun(engine)
    stored.proposed(engine, hunting, "films2.example")
    html = f"<title>{HOSTILE}</title>"
    stored.looked(engine, hunting, stored.look("films2.example", html=html))
    weighed = [stored.evidence("ad_id", 4.0), stored.evidence("brand", 0.0, "by visitors")]
    stored.concluded(
        engine,
        hunting,
        stored.judgement("films2.example", Verdict.PROBABLE, evidence=weighed),
    )


def test_a_host_that_nobody_knows_is_one_line(run: Run) -> None:
    ended = run("explain", "films2.example")

    assert (ended.code, ended.out) == (2, "")
    assert "nothing is stored about 'films2.example'" in ended.line


def test_a_text_that_is_no_host_is_one_line(run: Run) -> None:
    assert "not a host name" in run("explain", "https://films2.example/").line


@pytest.mark.usefixtures("found")
def test_everything_that_counts_and_what_was_ignored_is_said(run: Run) -> None:
    ended = run("explain", "WWW.films2.example")

    assert ended.code == 0
    for part in ("probable mirror of 'films'", "the same ad_id", "prior", "by visitors", "Looks"):
        assert part in ended.out


@pytest.mark.usefixtures("found")
def test_nothing_of_a_strangers_steers_the_terminal(run: Run) -> None:
    ended = run("explain", "films2.example")

    assert not set(ended.out) & set("\x1b\x07\u202e\u202c")
    # Their words are never markup.
    assert "[bold]markup[/bold]" in ended.out


@pytest.mark.usefixtures("found")
def test_json_is_one_object(run: Run) -> None:
    ended = run("explain", "films2.example", "--json")
    found = json.loads(ended.out)

    assert found["host"] == "films2.example"
    assert found["out_of_bounds"] is None
    [verdict] = found["verdicts"]
    assert {e["kind"] for e in verdict["evidence"]} == {"ad_id", "brand"}


@pytest.mark.usefixtures("found")
def test_what_it_rests_on_is_said_before_the_details(run: Run) -> None:
    lines = run("explain", "films2.example").out.splitlines()
    at = {line.partition(":")[0]: n for n, line in enumerate(lines)}

    assert at["why"] < at["in short"] < at["title"]
    assert lines[at["in short"]].startswith("in short: visitor counters +4.0; from ")


def test_parts_of_the_sum_come_strongest_first() -> None:
    waterfall = verdicts.lines(
        -5.6,
        [
            replace(stored.evidence("brand", 5.0), group="brand"),
            replace(stored.evidence("ad_id", 9.0), group="money"),
            # Less than anybody has to read before the table.
            replace(stored.evidence("address", 0.2), group="infra"),
        ],
        Relation.MIRROR,
    )

    said = in_short(waterfall)

    assert said == "money +9.0, name +5.0; from -5.6 for the way it was found"
    assert math.fsum(line.bits for line in waterfall) == pytest.approx(8.6)


@pytest.mark.parametrize("bits", [-500.0, -50.0, -1.0, 0.0, 3.3, 50.0, 500.0])
def test_no_evidence_is_certain(bits: float) -> None:
    percent = float(probability(bits).partition("%")[0])

    assert 0 < percent < 100


@pytest.mark.usefixtures("found")
def test_who_hides_a_host_is_said_and_a_host_that_nobody_hides_has_no_such_table(
    run: Run, engine: Engine
) -> None:
    assert "hide it" not in run("explain", "films2.example").out
    hidden = Hidden("films2.example", "192.0.2.53:53", "nxdomain", f"NXDOMAIN here {HOSTILE}")
    with engine.begin() as connection:
        run_id = connection.execute(select(tables.Run.id)).scalar_one()
        blockings.record(connection, run_id, [hidden], make.NOW)

    told = run("explain", "films2.example").out
    [blocked] = json.loads(run("explain", "films2.example", "--json").out)["blocked_by"]

    for part in ("Nameservers that hide it", "192.0.2.53:53", "nxdomain"):
        assert part in told
    assert not set(told) & set("\x1b\x07\u202e\u202c")
    assert (blocked["nameserver"], blocked["how"]) == ("192.0.2.53:53", "nxdomain")
