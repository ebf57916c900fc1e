"""``site12`` → ``site``: the number goes."""

from collections.abc import Iterator

from mirrorhunt.variants._rule import Idea, Move, Question, Rule, rules
from mirrorhunt.variants._words import NUMBER, bare, plain


def explains(move: Move) -> str | None:
    label, earlier = move.label, move.earlier
    root = plain(bare(label))
    if not root:
        return None
    count = len(NUMBER.findall(label))
    for other in earlier:
        if len(NUMBER.findall(other)) > count and plain(bare(other)) == root:
            return ""
    return None


def ideas(question: Question) -> Iterator[Idea]:
    for label, trust in question.bases:
        runs = list(NUMBER.finditer(label))
        because = f"number dropped from {label!r}"
        if runs and bare(label):
            yield Idea(bare(label), 0.7 * trust, because)
            yield Idea(plain(bare(label)), 0.1 * trust, because)
            for run in runs if len(runs) > 1 else ():
                made = (label[: run.start()] + label[run.end() :]).strip("-")
                yield Idea(made, 0.2 * trust / len(runs), because)


rules.offer(Rule(breadth=2, reach=0.5, explains=explains, ideas=ideas), module=__name__)
