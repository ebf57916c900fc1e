"""``site.online`` → ``siteonline.com``: the suffix becomes part of the label."""

from collections.abc import Iterator

from mirrorhunt.variants._rule import Idea, Move, Question, Rule, rules


def explains(move: Move) -> str | None:
    for other in move.earlier:
        if move.label.startswith(other):
            rest = move.label.removeprefix(other).removeprefix("-")
            if rest and rest in (s.replace(".", "") for s in move.earlier_suffixes):
                return ""
    return None


def ideas(question: Question) -> Iterator[Idea]:
    past = question.past
    suffixes = tuple(dict.fromkeys(reversed(past.suffixes[-12:])))
    for label, trust in question.bases:
        for rank, suffix in enumerate(suffixes):
            word = suffix.replace(".", "")
            share = 0.5 ** (rank + 1) * (1.5 if f"{label}.{suffix}" in past.domains else 0.5)
            because = f"suffix {suffix!r} joined to {label!r}"
            yield Idea(label + word, 0.6 * trust * share, because)
            yield Idea(f"{label}-{word}", 0.1 * trust * share, because)


rules.offer(Rule(breadth=4, reach=0.5, explains=explains, ideas=ideas), module=__name__)
