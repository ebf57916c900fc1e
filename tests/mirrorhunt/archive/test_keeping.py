"""What is kept and what goes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from mirrorhunt.archive import keeping
from mirrorhunt.archive.captures import capture_of
from mirrorhunt.archive.vault import Vault
from mirrorhunt.decisions import Decision
from mirrorhunt.model import Verdict, Visit
from mirrorhunt.store import captures, runs
from mirrorhunt.targets import Hunting
from tests import make, stored

DAY = timedelta(days=1)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """An empty vault."""
    return Vault(tmp_path / "archive", 10_000_000)


def kept(vault: Vault, visit: Visit, reason: str) -> Visit:
    """*visit* with its capture."""
    return replace(visit, capture=capture_of(visit, vault, reason=reason))


def look(host: str, **changes: object) -> Visit:
    # Pages that differ, or all would be kept once.
    return stored.look(host, html=f"<title>{host}</title>", **changes)  # type: ignore[arg-type]


def hosts_kept(engine: Engine) -> dict[str, str]:
    with engine.begin() as connection:
        return {c.host: c.capture.reason for c in captures.everything(connection)}


def seen(engine: Engine, vault: Vault) -> Hunting:
    """Four hosts looked at, all kept for now; one is a seed, one stands, two do not."""
    hunting = stored.begun(engine, "films1.example")
    hosts = [f"films{n}.example" for n in range(1, 5)]
    stored.proposed(engine, hunting, *hosts[1:])
    stored.looked(engine, hunting, *(kept(vault, look(h), "candidate") for h in hosts))
    stored.concluded(
        engine,
        hunting,
        stored.judgement(hosts[1], Verdict.PROBABLE),
        stored.judgement(hosts[2], Verdict.CANDIDATE),
    )
    return hunting


# ---------------------------------------------------------------- the end of a run


def test_what_does_not_stand_goes_with_its_files(any_engine: Engine, vault: Vault) -> None:
    hunting = seen(any_engine, vault)
    before = vault.used_bytes
    done = keeping.settle(any_engine, vault, hunting.network_id)

    assert hosts_kept(any_engine) == {"films1.example": "seed", "films2.example": "probable"}
    assert (done.kept, done.dropped) == (2, 2)
    assert done.freed_bytes == before - vault.used_bytes > 0
    assert len(list(vault.digests())) == 2
    assert list(keeping.check(any_engine, vault)) == []


def test_settling_again_changes_nothing(any_engine: Engine, vault: Vault) -> None:
    hunting = seen(any_engine, vault)
    keeping.settle(any_engine, vault, hunting.network_id)
    before = stored.everything(any_engine)

    assert keeping.settle(any_engine, vault, hunting.network_id) == keeping.Settled(0, 0, 0)
    assert stored.everything(any_engine) == before


def test_what_was_kept_for_its_state_stays(any_engine: Engine, vault: Vault) -> None:
    hunting = stored.begun(any_engine)
    stored.looked(any_engine, hunting, kept(vault, look("films9.example"), "state"))
    keeping.settle(any_engine, vault, hunting.network_id)

    assert hosts_kept(any_engine) == {"films9.example": "state"}


def test_what_another_run_has_not_judged_yet_stays(any_engine: Engine, vault: Vault) -> None:
    # It was killed, and goes on some day.
    killed = stored.begun(any_engine, "goals1.example", network="goals")
    stored.looked(any_engine, killed, kept(vault, look("goals2.example"), "candidate"))
    hunting = seen(any_engine, vault)
    keeping.settle(any_engine, vault, hunting.network_id)
    keeping.prune(any_engine, vault, make.NOW, 400 * DAY)

    assert hosts_kept(any_engine)["goals2.example"] == "candidate"


def test_a_file_that_another_row_names_stays(any_engine: Engine, vault: Vault) -> None:
    hunting = stored.begun(any_engine)
    both = kept(vault, look("films2.example"), "candidate")
    assert both.capture is not None
    again = replace(both, path="/#picture", capture=replace(both.capture, reason="state"))
    stored.looked(any_engine, hunting, both, again)
    keeping.settle(any_engine, vault, hunting.network_id)

    assert list(vault.digests()) == [both.capture.files[0].digest]
    assert list(keeping.check(any_engine, vault)) == []


# ---------------------------------------------------------------- pruning


def aged(engine: Engine, vault: Vault) -> None:
    """A capture a day for ten days, of a host that was confirmed on the fifth."""
    hunting = stored.begun(engine)
    stored.proposed(engine, hunting, "films2.example")
    for day in range(10):
        visit = look("films2.example", at=make.at(day), path=f"/{day}")
        stored.looked(engine, hunting, kept(vault, visit, "probable"))
    stored.concluded(engine, hunting, stored.judgement("films2.example", Verdict.PROBABLE))
    stored.decided(engine, "films2.example", Decision.CONFIRM, now=make.at(4.5))


def days_kept(engine: Engine) -> list[int]:
    with engine.begin() as connection:
        return [(c.capture.at - make.NOW).days for c in captures.everything(connection)]


def test_the_old_goes_unless_a_decision_may_rest_on_it(any_engine: Engine, vault: Vault) -> None:
    aged(any_engine, vault)
    # All looks here have paths of their own: each is the last of its kind.
    done = keeping.prune(any_engine, vault, make.at(10), 3 * DAY)

    assert days_kept(any_engine) == [0, 1, 2, 3, 4, 7, 8, 9]
    assert (done.captures, done.relied_on, done.files) == (2, 5, 2)
    assert list(keeping.check(any_engine, vault)) == []


def test_a_dry_run_says_the_same_and_does_nothing(any_engine: Engine, vault: Vault) -> None:
    aged(any_engine, vault)
    before, files = stored.everything(any_engine), list(vault.files())
    foretold = keeping.prune(any_engine, vault, make.at(10), 3 * DAY, dry_run=True)

    assert (stored.everything(any_engine), list(vault.files())) == (before, files)
    assert keeping.prune(any_engine, vault, make.at(10), 3 * DAY) == foretold


def test_files_that_nobody_names_go_after_a_day(engine: Engine, vault: Vault) -> None:
    digest = vault.put(b"a row was never written")
    now = datetime.fromtimestamp(vault.path_of(digest).stat().st_mtime, UTC)

    assert keeping.prune(engine, vault, now + DAY / 2, 400 * DAY).files == 0
    assert vault.holds(digest)
    assert keeping.prune(engine, vault, now + 2 * DAY, 400 * DAY).files == 1
    assert not vault.holds(digest)


def test_what_a_run_left_unjudged_goes_when_it_has_ended(any_engine: Engine, vault: Vault) -> None:
    hunting = seen(any_engine, vault)
    with any_engine.begin() as connection:
        runs.finish_run(connection, hunting.run.id, make.NOW, "the database was gone")
    foretold = keeping.prune(any_engine, vault, make.NOW, 400 * DAY, dry_run=True)
    done = keeping.prune(any_engine, vault, make.NOW, 400 * DAY)

    assert done == foretold
    assert (done.captures, done.unjudged, done.files) == (0, 2, 2)
    assert hosts_kept(any_engine) == {"films1.example": "seed", "films2.example": "probable"}


# ---------------------------------------------------------------- checking


def test_each_fault_is_found(any_engine: Engine, vault: Vault) -> None:
    hunting = stored.begun(any_engine)
    looks = [kept(vault, look(f"films{n}.example"), "state") for n in range(1, 4)]
    stored.looked(any_engine, hunting, *looks)
    digests = [v.capture.files[0].digest for v in looks if v.capture]
    unnamed = vault.put(b"nobody's")
    vault.path_of(digests[0]).write_bytes(b"changed")
    vault.path_of(digests[1]).unlink()

    found = {(f.kind, f.digest, f.hosts) for f in keeping.check(any_engine, vault)}
    assert found == {
        ("damaged", digests[0], ("films1.example",)),
        ("missing", digests[1], ("films2.example",)),
        ("unnamed", unnamed, ()),
    }
