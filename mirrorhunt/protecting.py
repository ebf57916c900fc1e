"""Which hosts a hunt keeps its hands off, and why.

Three sources: the built-in list of protected names, the operator's own (files, options, the
database), and infrastructure that everybody uses: nobody's mirror, whoever links to it.
"""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from mirrorhunt.errors import InputError
from mirrorhunt.protected import ProtectedNames, Protection, builtin, is_infrastructure, parse
from mirrorhunt.store import hosts
from mirrorhunt.store.session import storing
from mirrorhunt.warninglists import rank


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
        bound = rank(host)
        return f"it is among the {bound:,} most visited names" if bound else None

    def is_out(self, host: str) -> bool:
        """True if *host* is never a candidate."""
        return self.why_out(host) is not None


def keep(engine: Engine, now: datetime, files: Iterable[str] = ()) -> Keep:
    """What is out of bounds at *now*: built in, in the database, in *files*.

    Raises InputError for a file that cannot be read or has a line that is no name.
    """
    with storing(), engine.begin() as connection:
        own = hosts.protected_names(connection, now)
    extra = [Protection(name, "domain", "operator", reason, None) for name, reason in own.items()]
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
