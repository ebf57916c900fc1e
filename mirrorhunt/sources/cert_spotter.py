"""Cert Spotter's certificate search, the interface that needs no account.

Knows all names of each certificate, where crt.sh's JSON has those alone that match: asked first,
as the other names are what one wants to know. It cannot be asked for a piece of a name, and allows
ten such questions an hour, after which crt.sh has to do.
"""

from urllib.parse import quote

from mirrorhunt.sources import CERTIFICATES, Answer, Issuance, Question, Source, sources
from mirrorhunt.sources._json import entries, issuance


def url(question: Question, _: bytes = b"") -> str | None:
    """Unexpired certificates of a domain and all below it."""
    if question.is_label:
        return None
    return (
        f"https://api.certspotter.com/v1/issuances?domain={quote(question.text, safe='')}"
        "&include_subdomains=true&expand=dns_names"
    )


def read(body: bytes) -> Answer:
    """Certificates; the interface does not say when a log took each in."""
    found, is_whole = entries(body)
    read_ = [_issuance(entry) for entry in found]
    kept = tuple(i for i in read_ if i is not None)
    return Answer(kept, passed_over=len(found) - len(kept), is_whole=is_whole)


def _issuance(entry: object) -> Issuance | None:
    if not isinstance(entry, dict):
        return None
    names = entry.get("dns_names")
    return issuance(names if isinstance(names, list) else (), entry.get("not_before"), None)


sources.offer(Source(CERTIFICATES, 100, url, read), module=__name__)
