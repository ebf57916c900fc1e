"""``mysite``, ``site-tv`` → ``my-site-tv``, ``sitemy``: the network's own words in a new order."""

from collections.abc import Iterator

from mirrorhunt.variants._rule import Idea, Move, Question, Rule, rules
from mirrorhunt.variants._words import cuts, plain

_PIECES = 24


def explains(move: Move) -> str | None:
    label = plain(move.label)
    olds = [plain(other) for other in move.earlier]
    for at in range(2, len(label) - 1):
        left, right = label[:at], label[at:]
        if any(o == right + left for o in olds):
            return "turned"
        if (
            len(olds) > 1
            and any(len(o) > len(left) and o.startswith(left) for o in olds)
            and any(len(o) > len(right) and o.endswith(right) for o in olds)
        ):
            return "paired"
    return None


def ideas(question: Question) -> Iterator[Idea]:
    firsts: dict[str, float] = {}
    lasts: dict[str, float] = {}
    turned: list[tuple[str, float]] = []
    for label, trust in question.bases:
        for at, sure in cuts(label, question.lore).items():
            left, right = label[:at], label[at:]
            if len(left.strip("-")) < 2 or len(right.strip("-")) < 2:
                continue
            firsts[left] = firsts.get(left, 0.0) + trust * sure
            lasts[right] = lasts.get(right, 0.0) + trust * sure
            turned.append((right.strip("-") + left.strip("-"), 0.7 * trust * sure))
            turned.append((f"{right.strip('-')}-{left.strip('-')}", 0.3 * trust * sure))
    total = sum(weight for _, weight in turned)
    for label, weight in turned:
        yield Idea(label, 0.5 * weight / total, "its own words turned round")
    pairs = [
        (first + last, a * b)
        for first, a in _best(firsts)
        for last, b in _best(lasts)
        if first + last not in question.past.usage and "--" not in first + last
    ]
    total = sum(weight for _, weight in pairs)
    for label, weight in pairs:
        yield Idea(label, 0.5 * weight / total, "its own words paired anew")


def _best(pieces: dict[str, float]) -> list[tuple[str, float]]:
    return sorted(pieces.items(), key=lambda item: (-item[1], item[0]))[:_PIECES]


rules.offer(Rule(breadth=30, reach=0.35, explains=explains, ideas=ideas), module=__name__)
