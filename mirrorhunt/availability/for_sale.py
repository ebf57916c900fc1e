"""The name itself is offered: a market's page, or a page that says so and nothing else."""

from mirrorhunt.availability import Rule, rules
from mirrorhunt.availability._look import look
from mirrorhunt.model import Availability, Ruling, Visit


def _rule(visit: Visit) -> Ruling | None:
    return look(visit).find(Availability.FOR_SALE)


rules.offer(Rule(410, _rule), module=__name__)
