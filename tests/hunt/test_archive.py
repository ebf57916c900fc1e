"""What a hunt leaves in the archive, whole or killed on the way."""

import json
import signal
from functools import partial

import pytest

from mirrorhunt.archive import keeping
from mirrorhunt.archive.vault import Vault
from mirrorhunt.lab.run import Lab
from mirrorhunt.store import captures, tables
from mirrorhunt.store.session import engine_for
from tests.hunt.conftest import Place, Whole

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("hamlet")]


def vault_of(place: Place) -> Vault:
    return Vault(place.folder / "hunt-archive", 1_000_000_000)


def kept(place: Place) -> dict[tuple[str, str], str]:
    """Host and path of each capture, with its reason."""
    engine = place.engine()
    with engine.begin() as connection:
        found = list(captures.everything(connection))
    engine.dispose()
    return {(c.host, c.capture.path): c.capture.reason for c in found}


def has_looked(place: Place, times: int) -> bool:
    return place.count(tables.Visit) >= times


def faults(place: Place) -> list[str]:
    engine = engine_for(f"sqlite:///{place.folder / 'hunt.db'}")
    found = [fault.kind for fault in keeping.check(engine, vault_of(place))]
    engine.dispose()
    return found


def test_a_hunt_keeps_what_stands_and_nothing_else(whole: Whole) -> None:
    standing = {
        host
        for host, (verdict, *_) in whole.state.verdicts.items()
        if verdict in {"probable", "confirmed"}
    }
    found = kept(whole.place)

    assert {host for host, _ in found} - standing == set()
    assert {host for host, path in found if path == "/"} == standing
    assert set(found.values()) <= {"seed", "probable", "confirmed"}
    assert faults(whole.place) == []


def test_its_captures_can_be_taken_out_and_checked(whole: Whole, lab: Lab) -> None:
    seed = lab.world.seeds[0]
    listed = whole.place.run("archive", "list", seed, "--json")
    first = json.loads(listed.out.splitlines()[0])
    warc = next(f for f in first["files"] if f["role"] == "warc")

    assert vault_of(whole.place).get(warc["digest"]).startswith(b"\x1f\x8b")
    assert whole.place.run("archive", "check").code == 0


def test_killed_and_gone_on_with_it_keeps_the_same(place: Place, lab: Lab, whole: Whole) -> None:
    for count in (5, 30, 60):
        running = place.start("hunt", *lab.world.seeds, "--yes")
        running.wait_until(partial(has_looked, place, count))
        running.signal(signal.SIGKILL)
        running.end()
        # No row names what is not there; files that no row names yet may be.
        assert set(faults(place)) <= {"unnamed"}
    ended = place.run("hunt", *lab.world.seeds, "--yes")

    assert ended.code == 0, ended.err
    assert kept(place) == kept(whole.place)
    assert set(faults(place)) <= {"unnamed"}


def test_a_full_archive_degrades_a_hunt_and_stops_nothing(
    place: Place, lab: Lab, whole: Whole
) -> None:
    Vault(place.folder / "hunt-archive", 10**9).put(b"x" * (1024 * 1024 - 100))
    ended = place.run("hunt", *lab.world.seeds, "--yes", archive_quota_mib="1")

    assert ended.code == 5, ended.err
    said = [line for line in ended.err.splitlines() if "stored without a capture" in line]
    assert len(said) == 1
    assert kept(place) == {}
    assert place.count(tables.Visit) == sum(whole.state.visits.values())
