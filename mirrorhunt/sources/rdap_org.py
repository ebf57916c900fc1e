"""rdap.org: knows which registry answers for which suffix, and redirects there."""

from mirrorhunt.sources import REGISTRATIONS, Question, Source, sources
from mirrorhunt.sources._rdap import read, server_url


def url(question: Question, _: bytes = b"") -> str | None:
    """The redirector's; a piece of a name cannot be asked for."""
    return None if question.is_label else server_url("https://rdap.org/", question.text)


sources.offer(Source(REGISTRATIONS, 100, url, read), module=__name__)
