"""Public sources that one asks about names, one a file: what to ask, and what the answer says.

Pure: a source makes a URL of a question and reads the body that came back; asking, waiting and
counting is `mirrorhunt.crawling.consulting`'s. What a source says was brought about by whoever has
certificates issued and names registered, so it proposes and dates, and proves nothing. To add a
source: one file here and one test file with frozen bodies.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from mirrorhunt.registry import Registry

CERTIFICATES = "certificates"
"""Sources that know which names certificates were issued for (RFC 6962 logs)."""
REGISTRATIONS = "registrations"
"""Sources that know when and with whom a domain was registered (RFC 9083)."""


class UnreadableAnswerError(ValueError):
    """A body that is no answer of its source: the source failed, whatever status it sent."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a source is asked."""

    text: str
    """A registrable domain, or a piece of a label."""
    is_label: bool = False
    """True: all names that hold the text; False: the domain and all below it."""


@dataclass(frozen=True, slots=True)
class Issuance:
    """One certificate, as far as a log search shows it."""

    names: tuple[str, ...]
    """Hosts it is valid for, as we write them, without ``*.``, each once."""
    names_count: int
    """How many it was listed with, those among them that are no hosts included."""
    issued_at: datetime | None
    """The start of its validity."""
    logged_at: datetime | None
    """When a log took it in; old certificates are logged again, so not an age by itself."""


@dataclass(frozen=True, slots=True)
class Registration:
    """What a registry says of one domain; None and empty where it says nothing."""

    domain: str
    registered_at: datetime | None = None
    expires_at: datetime | None = None
    changed_at: datetime | None = None
    registrar: str = ""
    statuses: tuple[str, ...] = ()
    nameservers: tuple[str, ...] = ()
    """Sorted."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What could be read of a body."""

    issuances: tuple[Issuance, ...] = ()
    registration: Registration | None = None
    passed_over: int = 0
    """Entries that were no entries."""
    is_whole: bool = True
    """False if the body ended early, or held more than we read."""

    @property
    def items(self) -> int:
        """How much was learned: certificates, or the registration."""
        return len(self.issuances) + (self.registration is not None)


@dataclass(frozen=True, slots=True)
class Source:
    """How one source is asked and read."""

    answers: str
    """`CERTIFICATES` or `REGISTRATIONS`."""
    order: int
    """Sources that answer the same are asked in this order until one answers."""
    url: Callable[[Question, bytes], str | None]
    """What to fetch, given the body of `guide`; None for a question that the source cannot be
    asked."""
    read: Callable[[bytes], Answer]
    """Reads the body of a 200. Raises UnreadableAnswerError, and nothing else whatever came."""
    guide: str = ""
    """A document that `url` needs, fetched once; empty if it needs none."""


sources: Registry[Source] = Registry(__name__, "source")
