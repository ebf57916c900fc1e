"""What a network has done so far: its names in order."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from mirrorhunt.errors import InputError
from mirrorhunt.names import host, parts

MAX_KNOWN = 2000
"""Only the newest names of a network are looked at; the largest seen in history had 388."""


@dataclass(frozen=True, slots=True)
class Known:
    """A name that the network is known to have used."""

    host: str
    first_seen_at: datetime | None = None
    """When it was first seen, aware; None counts as older than all that are dated."""


@dataclass(frozen=True)
class Past:
    """The registrable domains of one network, oldest first, each taken apart."""

    labels: tuple[str, ...]
    suffixes: tuple[str, ...]
    domains: frozenset[str]
    """All of them, where labels and suffixes are of the newest `MAX_KNOWN`."""

    @cached_property
    def newest_first(self) -> tuple[str, ...]:
        """Each label once, by its latest use."""
        return tuple(dict.fromkeys(reversed(self.labels)))

    @cached_property
    def usage(self) -> Counter[str]:
        """How many suffixes each label was used under."""
        return Counter(self.labels)

    @property
    def newest_label(self) -> str:
        return self.labels[-1]

    @property
    def newest_suffix(self) -> str:
        return self.suffixes[-1]


def past_of(known: Sequence[Known], as_of: datetime) -> Past:
    """The past of a network as it stood before *as_of*.

    Names first seen at *as_of* or later are left out, names without a date come first in the
    order given. Public suffixes, which nobody registered, are left out.

    Raises NotAHostError for what is no host name, InputError for an instant without an offset.
    """
    if as_of.tzinfo is None:
        raise InputError(f"as_of {as_of.isoformat()!r} has no offset: add Z for UTC")
    dated: list[tuple[float, str, str, str]] = []
    for entry in known:
        seen_at = entry.first_seen_at
        if seen_at is not None and seen_at.tzinfo is None:
            raise InputError(
                f"{entry.host!r}: {seen_at.isoformat()!r} has no offset: add Z for UTC"
            )
        if seen_at is not None and seen_at >= as_of:
            continue
        taken = parts(host(entry.host))
        if taken.label:
            # Names of one date are in no order of their own; by length and alphabet the order
            # is the same every time, and numbered names count up.
            order = "" if seen_at is None else taken.label
            when = float("-inf") if seen_at is None else seen_at.timestamp()
            dated.append((when, order, taken.label, taken.suffix))
    dated.sort(key=lambda entry: (entry[0], len(entry[1]), entry[1]))
    unique = list(dict.fromkeys((label, suffix) for _, _, label, suffix in dated))
    domains = frozenset(f"{label}.{suffix}" for label, suffix in unique)
    newest = unique[-MAX_KNOWN:]
    return Past(
        tuple(label for label, _ in newest), tuple(suffix for _, suffix in newest), domains
    )
