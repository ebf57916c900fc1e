"""A human test stands before the page.

It is recorded and never solved. A captcha in a form of a real page is none: a challenge has room
for nothing else.
"""

from mirrorhunt.availability import Rule, rules
from mirrorhunt.availability._look import look
from mirrorhunt.model import Availability, Ruling, Visit


def _rule(visit: Visit) -> Ruling | None:
    return look(visit).find(Availability.CHALLENGE)


rules.offer(Rule(320, _rule), module=__name__)
