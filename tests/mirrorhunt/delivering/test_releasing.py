"""A delivery: whole or not at all, the same twice, and taken back with a reason."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock
from sqlalchemy import Engine

from mirrorhunt.delivering import files, placing, releasing
from mirrorhunt.errors import BoundsError, ConfigError, InputError, LockedError, UnknownNameError
from mirrorhunt.model import Availability, Verdict
from mirrorhunt.protected import Protection
from tests import make, published
from tests.published import Desk


def test_a_delivery_is_a_folder_that_current_names(any_desk: Desk) -> None:
    any_desk.stands("films2.example", "films3.example")

    outcome = any_desk.deliver()

    assert outcome.is_new
    assert any_desk.current.resolve() == outcome.folder.resolve()
    assert any_desk.names == ["films2.example", "films3.example"]
    assert any_desk.manifest["serial"] == outcome.serial
    assert any_desk.manifest["counts"]["added"] == 2
    assert any_desk.listed == ["films2.example", "films3.example"]
    [delivery] = any_desk.log
    assert (delivery.serial, delivery.entries, delivery.author) == (outcome.serial, 2, "ann")
    assert delivery.placed_at is not None


def test_the_manifest_has_the_digest_of_every_file(desk: Desk) -> None:
    desk.stands("films2.example")
    desk.deliver()

    said = {f["path"]: f for part in desk.manifest["formats"] for f in part["files"]}
    said |= {f["path"]: f for f in desk.manifest["beside"]}
    there = {p.name for p in desk.current.iterdir()} - {files.MANIFEST}
    assert set(said) == there
    for name in there:
        assert files.described(desk.current / name, desk.current) == said[name]


def test_nothing_new_is_no_delivery(any_desk: Desk) -> None:
    any_desk.stands("films2.example")
    first = any_desk.deliver()
    any_desk.day = 1

    second = any_desk.deliver()

    assert not second.is_new
    assert second.serial == first.serial
    assert len(any_desk.log) == 1


def test_the_same_rows_give_the_same_bytes(engine: Engine, tmp_path: Path) -> None:
    desks = [published.desk(engine, tmp_path / name) for name in "ab"]
    desks[0].stands("films2.example", "films3.example")
    desks[1].feed = replace(desks[1].feed, name="other")

    for desk in desks:
        desk.deliver()

    for name in ("domains.txt", "hosts.exact.txt", "hosts.jsonl", files.DELTA):
        assert (desks[0].current / name).read_bytes() == (desks[1].current / name).read_bytes()


def test_what_was_verified_again_stands_longer_and_is_no_change(any_desk: Desk) -> None:
    any_desk.stands("films2.example")
    any_desk.deliver()
    any_desk.day = 2
    any_desk.stands("films2.example")

    outcome = any_desk.deliver()

    assert outcome.is_new
    assert (outcome.chosen.renewed, outcome.chosen.changed) == (1, 0)
    assert any_desk.delta == []
    [entry] = any_desk.entries
    assert entry.valid_until == make.at(9)


@pytest.mark.parametrize(
    "state",
    [
        Availability.PARKED,
        Availability.FOR_SALE,
        Availability.SEIZED,
        Availability.SINKHOLED,
    ],
    ids=str,
)
def test_one_look_that_finds_it_away_takes_a_host_back(state: Availability, desk: Desk) -> None:
    desk.stands("films2.example", "films3.example")
    desk.deliver()
    desk.day = 1
    desk.stands("films2.example", state=state)

    desk.deliver()

    assert desk.names == ["films3.example"]
    assert desk.delta == [("withdraw", "films2.example", state.value)]
    assert desk.withdrawn == {"films2.example": state.value}


def test_what_expires_is_taken_back(any_desk: Desk) -> None:
    any_desk.stands("films2.example", "films3.example")
    any_desk.deliver()
    any_desk.day = 8
    any_desk.stands("films3.example")

    any_desk.deliver()

    assert any_desk.names == ["films3.example"]
    assert any_desk.delta == [("withdraw", "films2.example", "expired")]


def test_what_is_rejected_or_protected_is_taken_back(any_desk: Desk) -> None:
    any_desk.stands("films2.example", "films3.example", "films4.example")
    any_desk.deliver()
    any_desk.stands("films2.example", verdict=Verdict.REJECTED)
    any_desk.protections.append(Protection("films3.example", "domain", "operator", "our shop"))

    any_desk.deliver()

    assert any_desk.names == ["films4.example"]
    assert any_desk.withdrawn == {"films2.example": "rejected", "films3.example": "protected"}


def test_what_is_covered_by_its_domain_is_no_entry(desk: Desk) -> None:
    desk.stands("tv.films2.example")
    desk.deliver()
    desk.stands("films2.example")

    desk.deliver()

    assert desk.listed == ["films2.example"]
    assert ("withdraw", "tv.films2.example", "covered") in desk.delta


def test_what_comes_back_is_added_anew_and_no_withdrawal_any_more(any_desk: Desk) -> None:
    any_desk.stands("films2.example", "films3.example")
    any_desk.deliver()
    any_desk.day = 8
    any_desk.stands("films3.example")
    any_desk.deliver()
    any_desk.day = 9
    any_desk.stands("films2.example")

    any_desk.deliver()

    assert any_desk.names == ["films2.example", "films3.example"]
    assert any_desk.delta == [("add", "films2.example", "")]
    assert any_desk.withdrawn == {}


def test_the_deltas_lead_from_each_delivery_to_the_next(any_desk: Desk) -> None:
    listed: set[str] = set()
    for day, hosts in enumerate((["a", "b"], ["b", "c", "d"], ["d"], ["a", "d", "e"])):
        any_desk.day = 8.0 * day
        any_desk.stands(*(f"{name}.example" for name in hosts))
        any_desk.deliver()
        for op, host, _ in any_desk.delta:
            (listed.add if op == "add" else listed.discard)(host)
        assert listed == set(any_desk.names) == {f"{name}.example" for name in hosts}


def test_a_host_that_changes_network_or_scope_is_a_change(desk: Desk) -> None:
    desk.stands("films2.example")
    desk.deliver()
    desk.protections.append(Protection("shop.films2.example", "domain", "operator", "ours"))

    desk.deliver()

    assert desk.delta == [("change", "films2.example", "")]
    assert [(e.host, e.scope) for e in desk.entries] == [("films2.example", "host")]
    assert desk.withdrawn == {}


def test_an_order_that_has_ended_takes_everything_back(desk: Desk) -> None:
    desk.stands("films2.example")
    desk.feed = replace(desk.feed, order="12/2026", order_until="2026-11-03")
    desk.deliver()
    [entry] = desk.entries
    assert entry.valid_until == make.at(2.5)  # No entry outlives its order.
    desk.day = 3
    desk.stands("films2.example")

    desk.deliver()

    assert desk.names == []
    assert desk.delta == [("withdraw", "films2.example", "order_ended")]


def test_a_network_that_is_not_chosen_is_taken_back(desk: Desk) -> None:
    desk.stands("films2.example")
    desk.deliver()

    with pytest.raises(UnknownNameError, match="there are: films"):
        desk.deliver(networks=("goals",))

    assert desk.names == ["films2.example"]


def test_formats_for_the_public_need_a_feed_that_is_clear(desk: Desk) -> None:
    desk.stands("films2.example")

    with pytest.raises(ConfigError, match="tlp = 'clear'"):
        desk.deliver(formats=("hosts",))

    assert desk.deliver(formats=("hosts",), tlp="clear").is_new


# ---------------------------------------------------------------- serials


def test_serials_rise_however_fast_deliveries_follow(any_desk: Desk) -> None:
    serials = []
    for number in range(3):
        any_desk.stands(f"films{number + 2}.example")
        serials.append(any_desk.deliver().serial)

    assert serials == sorted(set(serials))


def test_a_serial_never_falls_though_the_ledger_was_restored(desk: Desk) -> None:
    desk.stands("films2.example")
    before = Path(str(desk.engine.url.database))
    backup = before.with_suffix(".backup")
    first = desk.deliver()
    desk.engine.dispose()
    shutil.copy(before, backup)
    desk.day = 3
    desk.stands("films3.example")
    second = desk.deliver()
    desk.engine.dispose()
    for old in before.parent.glob(f"{before.name}*"):
        old.unlink()
    shutil.copy(backup, before)
    desk.day = 1
    desk.stands("films4.example")

    third = desk.deliver()

    assert first.serial < second.serial < third.serial
    assert desk.names == ["films2.example", "films4.example"]


def test_a_clock_that_went_back_refuses(any_desk: Desk) -> None:
    any_desk.day = 2
    any_desk.stands("films2.example")
    any_desk.deliver()
    any_desk.day = 1

    with pytest.raises(BoundsError, match="set the clock"):
        any_desk.deliver()

    assert len(any_desk.log) == 1


# ---------------------------------------------------------------- what goes wrong


def test_two_deliveries_at_once_are_one(desk: Desk) -> None:
    desk.stands("films2.example")
    desk.folder.mkdir()

    with FileLock(str(desk.folder / ".lock")), pytest.raises(LockedError, match="another"):
        desk.deliver()

    assert desk.deliver().is_new


def test_a_destination_that_is_a_file_is_one_clear_line(desk: Desk) -> None:
    desk.stands("films2.example")
    desk.folder.write_text("not a folder")

    with pytest.raises(InputError, match="name another destination"):
        desk.deliver()

    assert desk.log == []


def test_a_full_disk_publishes_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.stands("films2.example")
    desk.deliver()
    desk.stands("films3.example")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(placing, "flush", full)
    with pytest.raises(InputError, match="No space left on device"):
        desk.deliver()

    assert desk.names == ["films2.example"]
    assert len(desk.log) == 1
    assert not list(desk.folder.glob(".staging*"))
    monkeypatch.undo()
    assert desk.deliver().is_new
    assert desk.names == ["films2.example", "films3.example"]


def test_what_the_ledger_decided_is_placed_by_whoever_comes_next(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.stands("films2.example")
    first = desk.deliver()
    desk.stands("films3.example")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(placing, "point", killed)
    with pytest.raises(KeyboardInterrupt):
        desk.deliver()
    assert placing.current(desk.folder) == first.serial
    monkeypatch.undo()

    with placing.locked(desk.folder):
        stands = releasing.recover(desk.engine, desk.feed, make.NOW)

    assert stands is not None
    assert placing.current(desk.folder) == stands.serial > first.serial
    assert desk.names == ["films2.example", "films3.example"]
    assert desk.log[0].placed_at is not None
    assert not desk.deliver().is_new


def test_old_deliveries_are_pruned_and_the_ledger_keeps_them(desk: Desk) -> None:
    for number in range(5):
        desk.day = number
        desk.stands(f"films{number + 2}.example")
        desk.deliver(keep_deliveries=2)

    on_disk = sorted(int(p.name) for p in (desk.folder / "deliveries").iterdir())
    assert on_disk == sorted(d.serial for d in desk.log[:2])
    assert len(desk.log) == 5


@pytest.fixture
def killing(engine: Engine, tmp_path: Path) -> Iterator[Callable[[int], int]]:
    """Deliver to ``tmp_path / "feed"`` in another process that dies at a point; how it ended."""
    command = [sys.executable, "-m", "tests.killed_delivery"]
    with subprocess.Popen(
        [*command, str(engine.url.database), str(tmp_path / "feed")],
        cwd=Path(__file__).parents[3],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        asked, answers = process.stdin, process.stdout

        def kill_at(point: int) -> int:
            asked.write(f"{point}\n")
            asked.flush()
            return int(answers.readline())

        yield kill_at
        asked.close()


def test_the_ledger_and_the_files_agree_wherever_it_is_killed(
    engine: Engine, tmp_path: Path, killing: Callable[[int], int]
) -> None:
    # At each point where the disk or the database changes, one after the other.
    desk = published.desk(engine, tmp_path / "feed")
    desk.stands("films2.example")
    desk.deliver()
    desk.stands("films3.example")
    desk.engine.dispose()
    database = Path(str(engine.url.database))
    backup, folder = tmp_path / "before.db", tmp_path / "feed"
    shutil.copy(database, backup)
    shutil.copytree(folder, tmp_path / "before", symlinks=True)
    old, both = ["films2.example"], ["films2.example", "films3.example"]
    ends = []

    for point in range(500):
        shutil.rmtree(folder)
        shutil.copytree(tmp_path / "before", folder, symlinks=True)
        for stale in database.parent.glob(f"{database.name}*"):
            stale.unlink()
        shutil.copy(backup, database)

        ended = killing(point)

        # A torn delivery would show here: every file of one manifest, every digest.
        names = desk.names
        assert names in (old, both)
        for part in desk.manifest["formats"]:
            for file in part["files"]:
                assert files.described(desk.current / file["path"], desk.current) == file
        with placing.locked(folder):
            releasing.recover(engine, desk.feed, make.NOW)
        assert desk.manifest["serial"] == desk.log[0].serial
        assert desk.names == desk.listed
        engine.dispose()
        ends.append((ended, names))
        if ended == 0:
            break
    assert ends[0] == (-9, old)
    assert (-9, both) in ends  # Killed after it was placed, and before it was all done.
    assert ends[-1] == (0, both)
