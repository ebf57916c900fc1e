"""crt.sh, the certificate search of a certification authority, in its JSON form.

The one public source that finds names by a piece of them. Often slow, at times an error page, and
at times an empty list where there are certificates (issue 666 of subfinder, an open asset finder):
an empty answer is no proof that there is nothing.
"""

from urllib.parse import quote

from mirrorhunt.sources import CERTIFICATES, Answer, Issuance, Question, Source, sources
from mirrorhunt.sources._json import entries, issuance

MIN_LABEL_CHARS = 6
"""Shorter pieces are in everybody's names (docs/attribution.md, 2026-11)."""


def url(question: Question, _: bytes = b"") -> str | None:
    """``%label%`` finds a piece of a name, a bare domain itself and all below."""
    if not question.is_label:
        return f"https://crt.sh/?q={quote(question.text, safe='')}&output=json"
    if len(question.text) < MIN_LABEL_CHARS or "%" in question.text:
        return None
    return f"https://crt.sh/?q=%25{quote(question.text, safe='')}%25&output=json"


def read(body: bytes) -> Answer:
    """Certificates; ``name_value`` holds the names that matched, one a line."""
    found, is_whole = entries(body)
    read_ = [_issuance(entry) for entry in found]
    kept = tuple(i for i in read_ if i is not None)
    return Answer(kept, passed_over=len(found) - len(kept), is_whole=is_whole)


def _issuance(entry: object) -> Issuance | None:
    if not isinstance(entry, dict):
        return None
    value = entry.get("name_value")
    names: list[object] = list(value.split("\n")) if isinstance(value, str) else []
    names.append(entry.get("common_name"))
    return issuance(names, entry.get("not_before"), entry.get("entry_timestamp"))


sources.offer(Source(CERTIFICATES, 200, url, read), module=__name__)
