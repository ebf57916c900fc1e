"""Refused here: by country, by log-in, by rate. Others may see a page."""

import re

from mirrorhunt.availability import Rule, rules
from mirrorhunt.availability._look import Look, look
from mirrorhunt.model import Availability, Ruling, Visit

_STATUSES = {
    401: "it asks for a log-in (401)",
    403: "it refuses us (403)",
    407: "a proxy before it asks for a log-in (407)",
    429: "it has had too many requests (429)",
}
_PASSWORD = re.compile(r"""<input\b[^<>]{0,300}?\btype\s{0,3}=\s{0,3}["']?password\b""", re.I)
_LOG_IN = re.compile(
    r"\b(?:log[ -]?in|sign[ -]?in|accedi|accesso|iniciar sesi[oó]n|connexion|se connecter"
    r"|anmelden|einloggen|entrar|inloggen|members? only)\b"
)
_LOG_IN_TEXT_CHARS = 600
_MARKUP_CHARS = 100_000


def _is_log_in_wall(seen: Look) -> bool:
    """A page with a password field, and hardly anything else on it."""
    page = seen.page
    if page is None or not seen.is_plain or seen.own_links > 3:
        return False
    if len(seen.text) > _LOG_IN_TEXT_CHARS or not _LOG_IN.search(seen.words):
        return False
    return _PASSWORD.search(page.html[:_MARKUP_CHARS]) is not None


def _rule(visit: Visit) -> Ruling | None:
    seen = look(visit)
    if found := seen.find(Availability.RESTRICTED):
        return found
    if seen.status in _STATUSES:
        because = _STATUSES[seen.status]
        if seen.page is not None and not seen.is_plain:
            # Browsers show such a page like any other: a reviewer should look.
            return Ruling(
                Availability.RESTRICTED,
                f"restricted:http_{seen.status}_with_page",
                f"{because}, though with a full page",
            )
        return Ruling(Availability.RESTRICTED, f"restricted:http_{seen.status}", because)
    if _is_log_in_wall(seen):
        because = "nothing but a log-in form is shown"
        return Ruling(Availability.RESTRICTED, "restricted:log_in", because)
    return None


rules.offer(Rule(510, _rule), module=__name__)
