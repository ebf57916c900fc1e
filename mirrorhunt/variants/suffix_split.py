"""``sitetorrent.org`` → ``sitetor.rent``: the end of the label becomes the suffix."""

from collections.abc import Iterator

from mirrorhunt.variants._rule import Idea, Move, Question, Rule, rules
from mirrorhunt.variants._suffixes import general_suffixes, top_level_suffixes


def explains(move: Move) -> str | None:
    whole = (move.label + move.suffix).replace(".", "")
    for other in move.earlier:
        if other == whole or other == f"{move.label}-{move.suffix}":
            return ""
    return None


def ideas(question: Question) -> Iterator[Idea]:
    popular = general_suffixes(question.lore, "move")
    tops = top_level_suffixes()
    for label, trust in question.bases:
        found = [at for at in range(2, len(label) - 1) if label[at:] in tops]
        # A label ends in two letters of some country by chance, in a long suffix seldom.
        chance = {
            label[at:]: (popular.get(label[at:], 0.0) + 0.003) * 3.0 ** min(4, len(label) - at - 2)
            for at in found
        }
        total = sum(chance.values())
        for suffix, share in chance.items():
            left = label.removesuffix(suffix).rstrip("-")
            because = f"{label!r} split before {suffix!r}"
            yield Idea(left, trust * share / total, because, suffix)


rules.offer(Rule(breadth=2, reach=1.0, explains=explains, ideas=ideas), module=__name__)
