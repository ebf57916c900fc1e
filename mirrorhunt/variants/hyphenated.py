"""``oursite`` → ``our-site`` and back: a hyphen more or less."""

from collections.abc import Iterator

from mirrorhunt.variants._rule import Idea, Move, Question, Rule, rules
from mirrorhunt.variants._words import cuts, plain


def explains(move: Move) -> str | None:
    label, earlier = move.label, move.earlier
    for other in earlier:
        if other != label and plain(other) == plain(label):
            return "+" if label.count("-") >= other.count("-") else "-"
    return None


def ideas(question: Question) -> Iterator[Idea]:
    for label, trust in question.bases:
        if "-" in label:
            yield Idea(plain(label), 0.5 * trust, f"hyphens dropped from {label!r}")
        # Somewhere in the label even where no word is known; surest where one ends.
        chance = dict.fromkeys(range(1, len(label)), 0.3 / len(label))
        for at, sure in cuts(label, question.lore).items():
            chance[at] += sure
        total = sum(chance.values())
        for at, sure in chance.items():
            if label[at] != "-" and label[at - 1] != "-":
                made = f"{label[:at]}-{label[at:]}"
                yield Idea(made, trust * sure / total, f"hyphen put into {label!r}")


rules.offer(Rule(breadth=12, reach=0.5, explains=explains, ideas=ideas), module=__name__)
