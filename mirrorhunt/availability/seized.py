"""An authority or a rights holder has taken the name over.

Seized names look like a perfect cluster: all 134 domains of one network led to one "watch
legally" page (research of 2026-11). They are told by the host they lead to, by their nameservers,
or by a page that is a notice and nothing else.
"""

from mirrorhunt.availability import Rule, rules
from mirrorhunt.availability._look import look
from mirrorhunt.model import Availability, Ruling, Visit


def _rule(visit: Visit) -> Ruling | None:
    return look(visit).find(Availability.SEIZED)


rules.offer(Rule(300, _rule), module=__name__)
