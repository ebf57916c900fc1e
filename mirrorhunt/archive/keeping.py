"""What is kept and what goes: at the end of a run, and when an archive is pruned.

Rows go before files. A crash in between leaves files that nobody names, which the next pruning
finds; the other way round it would leave rows that name nothing.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from mirrorhunt.archive.vault import Vault
from mirrorhunt.errors import DamagedError, StoreError
from mirrorhunt.store import captures
from mirrorhunt.store.captures import StoredCapture
from mirrorhunt.store.session import storing

UNNAMED_FOR = timedelta(days=1)
"""So long a file that no row names is left alone: its row may be on its way."""
Tick = Callable[[], None]
"""Called after each step, for whoever shows progress."""


def _silent() -> None:
    """Nobody is watching."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of the captures that waited for a judgement."""

    kept: int
    dropped: int
    freed_bytes: int


def settle(engine: Engine, vault: Vault, network: int | None = None) -> Settled:
    """Keep the captures of hosts that stand by now, drop those of the others.

    At the end of a run on *network*, under its lock; None: of all runs that have ended. Safe to
    be killed in, and to be called again. Raises StoreError.
    """
    with storing(), engine.begin() as connection:
        waiting = captures.unjudged(connection, network)
        if not waiting:
            return Settled(0, 0, 0)
        stand = captures.stand_anywhere(connection, {w.host for w in waiting})
        captures.give_reasons(
            connection, {w.id: stand[w.host] for w in waiting if w.host in stand}
        )
        dropped = [w for w in waiting if w.host not in stand]
        unnamed = _take_away(connection, dropped)
    freed_bytes = 0
    for digest in unnamed:
        # What cannot be removed now is found by the next pruning.
        with suppress(StoreError):
            freed_bytes += vault.remove(digest)
    return Settled(len(waiting) - len(dropped), len(dropped), freed_bytes)


def _take_away(connection: Connection, gone: Collection[StoredCapture]) -> list[str]:
    """Remove the rows of *gone*; returns the digests that no other row names."""
    captures.remove(connection, [c.id for c in gone])
    digests = {file.digest for c in gone for file in c.capture.files}
    return sorted(digests - captures.named(connection, digests))


# ---------------------------------------------------------------- pruning


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was removed, or would be."""

    captures: int
    unjudged: int
    """Of hosts that do not stand, left by runs that ended before they were done."""
    files: int
    bytes: int
    relied_on: int
    """Captures old enough to go that a decision may rest on: they stay."""


def prune(
    engine: Engine,
    vault: Vault,
    now: datetime,
    keep_for: timedelta,
    *,
    dry_run: bool = False,
    tick: Tick = _silent,
) -> Pruned:
    """Remove captures older than *keep_for* that no review rests on, and files that nobody names.

    Under the database's lock, so that no run is writing. Raises StoreError.
    """
    with storing(), engine.begin() as connection:
        left = captures.unjudged(connection, None)
        stand = captures.stand_anywhere(connection, {w.host for w in left})
        unjudged = [w for w in left if w.host not in stand]
        old = captures.older_than(connection, now - keep_for)
        needed = captures.relied_on(connection) if old else set()
        going = {c.id: c for c in old if c.id not in needed}
        both = {c.id: c for c in unjudged} | going
        if not dry_run:
            reasons = {w.id: stand[w.host] for w in left if w.host in stand}
            captures.give_reasons(connection, {i: r for i, r in reasons.items() if i not in both})
            captures.remove(connection, list(both))
            named = captures.named(connection)
        else:
            named = {
                file.digest
                for c in captures.everything(connection)
                if c.id not in both
                for file in c.capture.files
            }
    files, freed_bytes = _sweep(vault, named, both.values(), now, dry_run=dry_run, tick=tick)
    relied_on = sum(1 for c in old if c.id in needed)
    return Pruned(len(going), len(both) - len(going), files, freed_bytes, relied_on)


def _sweep(
    vault: Vault,
    named: Collection[str],
    gone: Collection[StoredCapture],
    now: datetime,
    *,
    dry_run: bool,
    tick: Tick,
) -> tuple[int, int]:
    """Remove what nobody names any more: of *gone* at once, else after a day."""
    freed = {file.digest for c in gone for file in c.capture.files}
    before = (now - UNNAMED_FOR).timestamp()
    files = size_bytes = 0
    for stored in vault.files():
        tick()
        if stored.digest in named:
            continue
        if stored.digest in freed or stored.written_at < before:
            files += 1
            size_bytes += stored.size_bytes if dry_run else vault.remove(stored.digest)
    return files, size_bytes


# ---------------------------------------------------------------- checking


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it should be."""

    kind: str
    """``missing`` (a row names it, the vault has it not), ``damaged``, or ``unnamed``."""
    digest: str
    hosts: tuple[str, ...]
    because: str


def check(engine: Engine, vault: Vault, tick: Tick = _silent) -> Iterator[Fault]:
    """Read every file of the archive and compare it with its name and with the rows.

    Raises StoreError.
    """
    hosts: dict[str, set[str]] = {}
    with storing(), engine.begin() as connection:
        for stored in captures.everything(connection):
            for file in stored.capture.files:
                hosts.setdefault(file.digest, set()).add(stored.host)
    for digest in vault.digests():
        tick()
        named_by = hosts.pop(digest, None)
        if named_by is None:
            why = "no capture names it; `mirrorhunt archive prune` removes it after a day"
            yield Fault("unnamed", digest, (), why)
        try:
            vault.get(digest)
        except DamagedError as e:
            yield Fault("damaged", digest, tuple(sorted(named_by or ())), str(e))
    for digest, named_by in sorted(hosts.items()):
        why = "captures name it, and it is not in the archive; restore it from a copy"
        yield Fault("missing", digest, tuple(sorted(named_by)), why)
