"""The registries themselves, found by IANA's list of RDAP servers (RFC 9224)."""

from mirrorhunt.names import parts
from mirrorhunt.sources import (
    REGISTRATIONS,
    Question,
    Source,
    UnreadableAnswerError,
    sources,
)
from mirrorhunt.sources._rdap import bootstrap, read, server_url


def url(question: Question, guide: bytes = b"") -> str | None:
    """The registry's, where the list names one; many country suffixes have none."""
    if question.is_label:
        return None
    try:
        servers = bootstrap(guide)
    except UnreadableAnswerError:
        return None
    suffix = parts(question.text).suffix
    # The longest entry that fits answers (RFC 9224 §3).
    while suffix and suffix not in servers:
        suffix = suffix.partition(".")[2]
    return server_url(servers[suffix], question.text) if suffix else None


sources.offer(
    Source(REGISTRATIONS, 200, url, read, guide="https://data.iana.org/rdap/dns.json"),
    module=__name__,
)
