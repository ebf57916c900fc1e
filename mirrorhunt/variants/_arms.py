"""How likely each rule is to make the next move: all networks in the same place, then this one."""

from mirrorhunt.variants._facts import context
from mirrorhunt.variants._lore import Lore, shares
from mirrorhunt.variants._rule import Question, rules

NO_RULE = "-"
"""Moves that no rule explains."""
_HALF_LIFE_MONTHS = 36.0
_CONTEXT_TRUST = 30.0
_GENERAL_TRUST = 2.5
_FADE = 0.9
# Before anything was counted: a rule is one of many, and another suffix is half of all moves
# (attribution of 3,797 moves in eleven public histories).
_PRIOR = {"other_suffix": 5.0, NO_RULE: 2.0}
_PRIOR_OF_OTHERS = 0.25


def arms(question: Question) -> dict[str, float]:
    """Rule to the probability that it makes the next move.

    Less than 1 in all: some names follow from nothing known.
    """
    where = context(question.past)
    general = question.lore.keep(("arms", where), lambda: _general(question.lore, where))
    own: dict[str, float] = {}
    for habit in question.habits:
        rule = habit.rule or NO_RULE
        own[rule] = own.get(rule, 0.0) + _FADE**habit.age
    total = _GENERAL_TRUST + sum(own.values())
    return {rule: (_GENERAL_TRUST * p + own.get(rule, 0.0)) / total for rule, p in general.items()}


def _general(lore: Lore, where: str) -> dict[str, float]:
    """All moves, corrected by those with a number (or none), corrected by those just here."""
    names = [*rules, NO_RULE]
    everything = {name: _PRIOR.get(name, _PRIOR_OF_OTHERS) for name in names}
    alike = dict.fromkeys(names, 0.0)
    here = dict.fromkeys(names, 0.0)
    for key, count in lore.counts("arm", _HALF_LIFE_MONTHS).items():
        place, _, rule = key.partition(" ")
        if rule in everything:
            everything[rule] += count
            alike[rule] += count * (place[0] == where[0])
            here[rule] += count * (place == where)
    p = shares(everything)
    for counts in (alike, here):
        total = sum(counts.values()) + _CONTEXT_TRUST
        p = {rule: (counts[rule] + _CONTEXT_TRUST * p[rule]) / total for rule in names}
    return p
