"""``site`` → ``sitetv``, ``new-site``: a word more."""

from collections.abc import Iterator

from mirrorhunt.variants._affixes import words_of
from mirrorhunt.variants._rule import Idea, Move, Question, Rule, rules
from mirrorhunt.variants._words import MIN_STEM, bare, plain


def explains(move: Move) -> str | None:
    label = plain(move.label)
    best: str | None = None
    for other in move.earlier:
        old = plain(other)
        if len(old) < MIN_STEM or not len(old) < len(label) <= 3 * len(old):
            continue
        found = None
        if label.startswith(old):
            found = f"end:{label[len(old) :]}"
        elif label.endswith(old):
            found = f"begin:{label[: -len(old)]}"
        if found and (best is None or len(found) < len(best)):
            best = found
    return best


def ideas(question: Question) -> Iterator[Idea]:
    words = words_of(question)
    for base, trust in _bases(question):
        for (place, word), share in words.items():
            weight = trust * share
            if place == "end":
                if base.endswith(word):
                    continue
                because = f"word {word!r} put after {base!r}"
                yield Idea(base + word, 0.85 * weight, because)
                yield Idea(f"{base}-{word}", 0.15 * weight, because)
            elif not base.startswith(word):
                because = f"word {word!r} put before {base!r}"
                yield Idea(word + base, 0.85 * weight, because)
                yield Idea(f"{word}-{base}", 0.15 * weight, because)


def _bases(question: Question) -> Iterator[tuple[str, float]]:
    """Labels, and what is left of them without their number."""
    for label, trust in question.bases:
        root = plain(bare(label))
        if root != label and len(root) >= MIN_STEM:
            yield root, 0.5 * trust
            yield label, 0.5 * trust
        else:
            yield label, trust


rules.offer(Rule(breadth=400, reach=0.4, explains=explains, ideas=ideas), module=__name__)
