"""It answers, but not with a page: a transport failure, a status, a default or an empty page."""

import re

from mirrorhunt.availability import Rule, rules
from mirrorhunt.availability._look import Look, look
from mirrorhunt.model import Availability, FailureKind, Ruling, Visit

_FAILURES = {
    FailureKind.UNRESOLVED: "was not resolved",
    FailureKind.TIMEOUT: "did not answer in time",
    FailureKind.REFUSED: "refused the connection",
    FailureKind.RESET: "broke the connection off",
    FailureKind.TLS: "did not agree on TLS",
    FailureKind.TOO_LARGE: "sent more than we read",
    FailureKind.REDIRECT_LOOP: "redirects in a circle",
    FailureKind.UNREADABLE: "sent something that is no HTTP response",
}
_BARE_TEXT_CHARS = 60
_NO_TITLE = re.compile(
    r"(?:document|untitled(?: document| page)?|react app|vite(?: \+ \w+)?|home|index|test"
    r"|loading|redirecting|new tab|welcome|page title|ok|error"
    r"|404(?: not found)?|403 forbidden)?[\s.…!]*\Z"
)


def _error(what: str, because: str) -> Ruling:
    return Ruling(Availability.ERROR, f"error:{what}", because)


def _bare(seen: Look) -> Ruling | None:
    """Pages on which there is nothing to believe."""
    page = seen.page
    if page is None or page.links or len(page.text) >= _BARE_TEXT_CHARS or seen.plays:
        return None
    title = " ".join(page.title.lower().split())
    is_named = not _NO_TITLE.match(title) and title not in {seen.visit.host, seen.domain}
    loaded = [r for r in page.resources if "icon" not in r.rel]
    if not (page.text or page.scripts or loaded or is_named):
        return _error("empty", "the page is empty")
    if is_named and any(r.tag == "script" for r in loaded):
        return None
    if is_named and len(loaded) >= 3:
        return None
    if page.scripts or any(r.tag == "script" for r in loaded):
        return _error("script_only", "there is only a script: nothing to read without a browser")
    return _error("bare", f"there is hardly anything on the page ({len(page.text)} characters)")


def _status(seen: Look, status: int) -> Ruling | None:
    if 200 <= status <= 299 and status not in {204, 205}:
        return None
    because = f"it answers {status}"
    if 300 <= status <= 399:
        because += ", a redirect that leads nowhere"
    elif seen.page is not None and not seen.is_plain:
        # Browsers show such a page like any other: a reviewer should look.
        return _error(f"http_{status}_with_page", f"{because}, though with a full page")
    return _error(f"http_{status}", because)


def _rule(visit: Visit) -> Ruling | None:
    seen = look(visit)
    if visit.page is None:
        if visit.failure is None:
            return _error("no_page", "it sent no page")
        who = f"redirects to {seen.end_host or seen.end_url!r}, which" if visit.chain else "it"
        what = _FAILURES.get(visit.failure.kind, "failed")
        detail = f" ({visit.failure.detail[:200]})" if visit.failure.detail else ""
        return _error(visit.failure.kind.value, f"{who} {what}{detail}")
    if found := _status(seen, visit.page.status):
        return found
    if not visit.page.body.strip():
        return _error("empty", "the page is empty")
    if seen.page is None:
        kind = visit.page.header("content-type")[:80] or "no type given"
        return _error("no_html", f"it sends no HTML page ({kind!r})")
    return seen.find(Availability.ERROR) or _bare(seen)


rules.offer(Rule(520, _rule), module=__name__)
