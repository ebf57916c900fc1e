"""Which hosts a hunt keeps its hands off, and why.

Three sources: the built-in list of protected names, the operator's own (files, options, the
database), and infrastructure that everybody uses: nobody's mirror, whoever links to it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from mirrorhunt.errors import InputError, UnknownNameError
from mirrorhunt.names import host as as_host
from mirrorhunt.names import registrable_domain
from mirrorhunt.protected import (
    HOST,
    ProtectedNames,
    Protection,
    builtin,
    is_infrastructure,
    parse,
)
from mirrorhunt.store import protections
from mirrorhunt.store.protections import Changed
from mirrorhunt.store.session import storing
from mirrorhunt.warninglists import popularity


class Keep:
    """What is out of bounds at one instant."""

    def __init__(self, protected: ProtectedNames, now: datetime) -> None:
        self._protected = protected
        self._now = now

    def protection(self, host: str) -> Protection | None:
        """What protects *host* from being scored and published; None if nothing does."""
        return self._protected.find(host, self._now)

    def why_out(self, host: str) -> str | None:
        """Why *host* is never a candidate; None if it may be one."""
        found = self.protection(host)
        if found is not None:
            return f"protected: {found.reason}"
        return is_infrastructure(host)

    def needs_two(self, host: str) -> str | None:
        """Why one person is not enough to confirm *host*; None if one is."""
        soft = self._protected.find_soft(host, self._now)
        if soft is not None:
            return f"{soft.owner} asks for a second person at {soft.name}: {soft.reason}"
        found = popularity(host)
        return f"it is {found}" if found else None

    def protection_below(self, host: str) -> Protection | None:
        """What protects a name below *host*, which blocking all below would hit; or None."""
        return self._protected.find_below(host, self._now)

    def standing(self, host: str) -> tuple[str, str]:
        """What *host* is under, in one word and one sentence, for people who ask.

        ``protected``, ``infrastructure``, ``two people`` or ``nothing``.
        """
        found = self.protection(host)
        if found is not None:
            scope = "exactly " if found.scope == HOST else ""
            until = f", until {found.expires_at:%Y-%m-%d %H:%M}" if found.expires_at else ""
            return "protected", f"{scope}{found.name} of {found.owner}: {found.reason}{until}"
        for word, why in (
            ("infrastructure", is_infrastructure(host)),
            ("two people", self.needs_two(host)),
        ):
            if why is not None:
                return word, why
        below = self.protection_below(host)
        if below is not None:
            return (
                "nothing",
                f"but {below.name} below it is protected: all below is out of reach",
            )
        return "nothing", "no list protects it; evidence and people decide"

    def is_out(self, host: str) -> bool:
        """True if *host* is never a candidate."""
        return self.why_out(host) is not None


def keep(engine: Engine, now: datetime, files: Iterable[str] = ()) -> Keep:
    """What is out of bounds at *now*: built in, in the database, in *files*.

    Raises InputError for a file that cannot be read or has a line that is no name.
    """
    with storing(), engine.begin() as connection:
        extra = protections.every(connection)
    for file in files:
        extra += read(Path(file))
    return Keep(builtin().with_names(extra), now)


def read(file: Path) -> list[Protection]:
    """The protected names in *file*, one a line. Raises InputError."""
    try:
        with file.open(encoding="utf-8") as lines:
            return list(parse(lines))
    except (OSError, UnicodeDecodeError) as e:
        raise InputError(f"cannot read the protected names in {str(file)!r}: {e}") from None
    except InputError as e:
        raise InputError(f"protected names in {str(file)!r}: {e}") from None


# ---------------------------------------------------------------- the operator's own names


@dataclass(frozen=True, slots=True)
class Added:
    """What came of protecting names."""

    names: tuple[str, ...]
    """As we write hosts."""
    replaced: tuple[Protection, ...]
    """What protected some of them before in other words."""


def add(
    engine: Engine,
    named: Iterable[str],
    reason: str,
    owner: str,
    until: datetime | None,
    now: datetime,
    author: str = "",
) -> Added:
    """Protect the hosts *named* and all below them, by the word of *author* (empty: the owner's).

    Raises InputError for what is no name, a public suffix, an end that is past, or no reason.
    """
    wanted = sorted({as_host(name) for name in named})
    if not reason.strip() or not owner.strip():
        raise InputError("a protection needs a reason and an owner: others will ask")
    if until is not None and until <= now:
        raise InputError(f"--until {until:%Y-%m-%d} is past: name a day to come")
    for name in wanted:
        if registrable_domain(name) is None:
            raise InputError(f"{name!r} is a public suffix: it is protected already, itself alone")
    with storing(), engine.begin() as connection:
        replaced = protections.protect(
            connection, wanted, reason, now, owner=owner, author=author, expires_at=until
        )
    return Added(tuple(wanted), tuple(replaced.values()))


def remove(engine: Engine, named: Iterable[str], reason: str, author: str, now: datetime) -> None:
    """End the operator's protection of each host *named*, all or none; what was stays written.

    Raises InputError for no reason or a clock that goes backwards, and UnknownNameError for a name
    that is not protected so.
    """
    wanted = sorted({as_host(name) for name in named})
    if not reason.strip():
        raise InputError("to end a protection takes a reason: others will ask")
    with storing(), engine.begin() as connection:
        latest = protections.latest_at(connection)
        # To protect is always safe; what is let go by a wrong clock is not.
        if latest is not None and now < latest:
            raise InputError(
                f"this machine's clock says {now:%Y-%m-%d %H:%M:%S} UTC, but the last change of "
                f"what is protected was made at {latest:%Y-%m-%d %H:%M:%S}: set the clock"
            )
        there = protections.names(connection, now)
        for name in wanted:
            if name not in there:
                raise UnknownNameError(
                    f"{name!r} is not protected by hand: `mirrorhunt protect list` has who is, "
                    f"`mirrorhunt protect check {name}` says what else protects it"
                )
        protections.end(connection, wanted, " ".join(reason.split()), now, author=author)


def own(engine: Engine) -> list[Protection]:
    """The names protected by hand, those that have ended among them, sorted."""
    with storing(), engine.begin() as connection:
        return protections.every(connection)


def history(
    engine: Engine, named: Iterable[str] = (), since: datetime | None = None
) -> list[Changed]:
    """Every change of what is protected by hand, oldest first: of the hosts *named*, or of all."""
    with storing(), engine.begin() as connection:
        return list(protections.log(connection, {as_host(name) for name in named}, since))
