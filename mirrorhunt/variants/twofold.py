"""``site12`` → ``sitetv1``, ``thesite`` → ``site2``: a word and a number at once."""

from collections.abc import Iterator

from mirrorhunt.variants._affixes import words_of
from mirrorhunt.variants._numbers import numbers_of
from mirrorhunt.variants._rule import Idea, Move, Question, Rule, rules
from mirrorhunt.variants._words import MIN_STEM, NUMBER, bare, cuts, plain

_BASES = 2
_WORDS = 40
_NUMBERS = 12
_PIECES = 6


def explains(move: Move) -> str | None:
    root = plain(bare(move.label))
    for other in move.earlier:
        old = plain(bare(other))
        shorter = min(len(root), len(old))
        if shorter < 4 or root == old or NUMBER.findall(move.label) == NUMBER.findall(other):
            continue
        if root.startswith(old) or root.endswith(old):
            return "more"
        if old.startswith(root) or old.endswith(root):
            return "less"
    return None


def ideas(question: Question) -> Iterator[Idea]:
    numbers = dict(list(numbers_of(question.lore).items())[:_NUMBERS])
    # Without a number as often as with one: the old number may be what goes.
    endings = {"": 0.5} | {number: 0.5 * share for number, share in numbers.items()}
    words = list(words_of(question).items())
    best = sorted(words, key=lambda item: (-item[1], item[0]))[:_WORDS]
    for label, trust in question.bases[:_BASES]:
        root = plain(bare(label))
        if len(root) < MIN_STEM:
            continue
        because = f"a word and a number changed in {label!r}"
        for (place, word), share in best:
            made = root + word if place == "end" else word + root
            for number, part in endings.items():
                yield Idea(made + number, 0.6 * trust * share * part, because)
        for piece, share in _pieces(question, root):
            for number, part in endings.items():
                yield Idea(piece + number, 0.4 * trust * share * part, because)


def _pieces(question: Question, root: str) -> list[tuple[str, float]]:
    """What is left of *root* without its first or last word."""
    pieces: dict[str, float] = {}
    for at, sure in cuts(root, question.lore).items():
        for piece in (root[:at], root[at:]):
            if len(piece) >= MIN_STEM:
                pieces[piece] = pieces.get(piece, 0.0) + sure
    best = sorted(pieces.items(), key=lambda item: (-item[1], item[0]))[:_PIECES]
    total = sum(sure for _, sure in best)
    return [(piece, sure / total) for piece, sure in best]


rules.offer(Rule(breadth=300, reach=0.3, explains=explains, ideas=ideas), module=__name__)
