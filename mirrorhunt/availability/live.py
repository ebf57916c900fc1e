"""What is left: a page with something on it.

A chain that ends on another registrable domain is live too. What stands there is the other's,
and the host's role is that of a redirector.
"""

from mirrorhunt.availability import Rule, rules
from mirrorhunt.availability._look import look
from mirrorhunt.model import Availability, Ruling, Visit


def _rule(visit: Visit) -> Ruling | None:
    seen = look(visit)
    page = seen.page
    if page is None:
        # The rule before rules out every visit without a page; a ruling is owed all the same.
        return Ruling(Availability.ERROR, "live:no_page", "it sent no page")
    if seen.is_away:
        because = f"live, redirects to {seen.end_host}"
        return Ruling(Availability.LIVE, "live:redirects", because)
    because = f"a page of {len(page.text)} characters and {len(page.links)} links"
    return Ruling(Availability.LIVE, "live", because)


rules.offer(Rule(900, _rule), module=__name__)
