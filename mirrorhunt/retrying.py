"""A second look, asked for in another way, at a host that shuts the first one out. Pure.

Mirrors that hide from block lists show their page to visitors who come from the network's own
pages, or to telephones, and something else to everybody else (docs/vantages.md). Each way is tried
once a day at most, and only where the first look says that it might help: never before a human
test, which is not to be passed by a machine, and never before a page that shows what it has.
"""

import re
from collections.abc import Collection

from mirrorhunt.model import Availability, Ruling, Visit

PROFILES = ("referrer", "mobile")
"""In the order they are tried."""
_PLATFORM = re.compile(r"\(([^()]*)\)")
_MOBILE = "Linux; Android 14; Mobile"
_EMPTY_TEXT_CHARS = 40


def headers(profile: str, referrer: str, user_agent: str) -> dict[str, str]:
    """What *profile* sends otherwise than usual.

    A telephone's User-Agent is ours with a telephone's platform in it: who is asking stays said.

    >>> headers("mobile", "", "Mozilla/5.0 (compatible; mirrorhunt/1)")["User-Agent"]
    'Mozilla/5.0 (Linux; Android 14; Mobile; compatible; mirrorhunt/1) Mobile'
    """
    if profile == "referrer":
        return {"Referer": referrer}
    if profile != "mobile":
        raise ValueError(f"no profile {profile!r}; there are: {', '.join(PROFILES)}")
    found = _PLATFORM.search(user_agent)
    if found is None:
        return {"User-Agent": f"{user_agent} ({_MOBILE})"}
    own = f"({_MOBILE}; {found[1]})"
    return {"User-Agent": f"{user_agent[: found.start()]}{own}{user_agent[found.end() :]} Mobile"}


def worth_trying(
    visit: Visit, ruling: Ruling, *, is_standing: bool, tried: Collection[str] = ()
) -> tuple[str, ...]:
    """The profiles by which another look at *visit*'s host could show more, in their order.

    *is_standing*: it belongs to the network as far as is known. Parked names are so many that
    only of those another look is worth its request. *tried* are those of the last day.
    """
    why = _shut(visit, ruling, is_standing=is_standing)
    return tuple(p for p in PROFILES if p not in tried) if why else ()


def _shut(visit: Visit, ruling: Ruling, *, is_standing: bool) -> str:
    """Why the first look may have been shut out; empty if it was not."""
    if visit.path != "/" or visit.page is None or visit.profile:
        return ""
    state = ruling.availability
    if state is Availability.RESTRICTED and visit.page.status in {403, 401}:
        return "refused"
    if state is Availability.ERROR and visit.page.status < 400 and _is_empty(visit):
        return "empty"
    if state is Availability.PARKED and is_standing:
        return "parked"
    return ""


def _is_empty(visit: Visit) -> bool:
    assert visit.page is not None
    return len(visit.page.text) <= _EMPTY_TEXT_CHARS and not visit.page.scripts


def is_better(after: Ruling) -> bool:
    """Whether a second look that ends so is the one to keep."""
    return after.availability is Availability.LIVE
