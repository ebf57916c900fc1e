"""A hunt that is given a nameserver under orders writes down what it hides, and hunts on."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from mirrorhunt.lab.run import Lab, lab_running
from mirrorhunt.lab.world import Serving
from mirrorhunt.store import tables
from tests.hunt.conftest import hamlet, place_in, state_of

pytestmark = pytest.mark.slow


@pytest.fixture
def filtered() -> Iterator[Lab]:
    """The hamlet behind two nameservers, of which the second hides the seed."""
    seed = hamlet().seeds[0]
    served = (Serving("honest"), Serving("filtering", {seed: None}), Serving("silent"))
    with lab_running(replace(hamlet(), nameservers=served)) as running:
        yield running


def test_who_hides_a_host_is_written_down_and_told(filtered: Lab, tmp_path: Path) -> None:
    place = place_in(tmp_path, filtered)
    seed = filtered.world.seeds[0]

    ended = place.run("hunt", seed, "--rounds", "1", "--yes")

    assert ended.code in (0, 5), ended.err
    engine = place.engine()
    with engine.begin() as connection:
        blocking, host = tables.Blocking, tables.Host
        rows = connection.execute(
            select(host.name, blocking.nameserver, blocking.how).join(
                blocking, blocking.host_id == host.id
            )
        ).all()
    state = state_of(engine)
    engine.dispose()
    # The silent one hides nothing: that nobody answers is no answer.
    assert [tuple(row) for row in rows] == [(seed, filtered.nameservers[1], "nxdomain")]
    # Hidden here, it is a host like any other there.
    assert (seed, "live") in {(name, availability) for name, availability, _ in state.hosts}
    told = place.run("explain", seed)
    assert "Nameservers that hide it" in told.out
    assert filtered.nameservers[1] in told.out
