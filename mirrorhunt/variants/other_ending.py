"""``sitescans`` → ``sitetoon``, ``newsite`` → ``mysite``: another word at the same stem."""

from collections.abc import Iterator, Mapping

from mirrorhunt.variants._affixes import affixes
from mirrorhunt.variants._rule import Idea, Move, Question, Rule, rules
from mirrorhunt.variants._words import MIN_STEM, cuts, plain

_SHARPER = 1.2
"""Of stems and words together the likeliest are likelier than the product of their shares."""


def explains(move: Move) -> str | None:
    label = plain(move.label)
    for other in move.earlier:
        old = plain(other)
        head, tail = _common(label, old)
        enough = max(4, 0.5 * min(len(label), len(old)))
        if max(head, tail) >= enough:
            return f"end:{label[head:]}" if head >= tail else f"begin:{label[:-tail]}"
        # The stem may change its place: "sitescans" goes on as "zonesite".
        last = _overlap(old, label)
        if last >= enough:
            return f"begin:{label[:-last]}"
        first = _overlap(label, old)
        if first >= enough:
            return f"end:{label[first:]}"
    return None


def _overlap(one: str, other: str) -> int:
    """How many letters *one* begins with and *other* ends in, both having more."""
    shorter = min(len(one), len(other))
    return next((n for n in range(shorter - 1, 0, -1) if one[:n] == other[-n:]), 0)


def _common(one: str, other: str) -> tuple[int, int]:
    """Lengths of the common beginning and the common end."""
    shorter = min(len(one), len(other))
    head = tail = 0
    while head < shorter and one[head] == other[head]:
        head += 1
    while tail < shorter and one[-1 - tail] == other[-1 - tail]:
        tail += 1
    return head, tail


def ideas(question: Question) -> Iterator[Idea]:
    words = question.lore.keep("affixes", lambda: affixes(question.lore))
    stems: dict[tuple[str, str], float] = {}
    for label, trust in question.bases:
        for at, sure in cuts(label, question.lore).items():
            left, right = label[:at].strip("-"), label[at:].strip("-")
            if len(left) >= MIN_STEM and len(right) >= 2:
                stems[left, "end"] = stems.get((left, "end"), 0.0) + trust * sure
            if len(right) >= MIN_STEM and len(left) >= 2:
                stems[right, "begin"] = stems.get((right, "begin"), 0.0) + trust * sure
    best = sorted(stems.items(), key=lambda item: (-item[1], item[0]))[:12]
    total = sum(trust for _, trust in best)
    for (stem, place), trust in best:
        yield from _around(stem, place, trust / total, words)


def _around(
    stem: str, at: str, trust: float, words: Mapping[tuple[str, str], float]
) -> Iterator[Idea]:
    """*stem* with each word, mostly on the side where one was taken away."""
    for (place, word), share in words.items():
        weight = (trust * share) ** _SHARPER * (0.8 if place == at else 0.4)
        made = stem + word if place == "end" else word + stem
        because = f"word {word!r} {'after' if place == 'end' else 'before'} the stem {stem!r}"
        yield Idea(made, 0.9 * weight, because)
        dashed = f"{stem}-{word}" if place == "end" else f"{word}-{stem}"
        yield Idea(dashed, 0.1 * weight, because)


rules.offer(Rule(breadth=600, reach=0.35, explains=explains, ideas=ideas), module=__name__)
