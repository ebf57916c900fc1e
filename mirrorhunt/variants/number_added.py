"""``site`` → ``site2``, ``site-3``, ``123site``: a number where there was none."""

from collections.abc import Iterator

from mirrorhunt.variants._numbers import numbers_of
from mirrorhunt.variants._rule import Idea, Move, Question, Rule, rules
from mirrorhunt.variants._words import NUMBER, bare, cuts, plain, shape


def explains(move: Move) -> str | None:
    label, earlier = move.label, move.earlier
    numbers = NUMBER.findall(label)
    root = plain(bare(label))
    if not numbers or not root or shape(label) in map(shape, earlier):
        # Where such a number stands already it counts on, also if the bare name is known as well.
        return None
    for other in earlier:
        if plain(bare(other)) == root and len(NUMBER.findall(other)) < len(numbers):
            place = "end" if label[-1].isdigit() else "begin" if label[0].isdigit() else "middle"
            number = numbers[0] if place == "begin" else numbers[-1]
            return f"{place}:{number}" if len(number) <= 3 else place
    return None


def ideas(question: Question) -> Iterator[Idea]:
    numbers = numbers_of(question.lore)
    inner = dict(list(numbers.items())[:8])
    for label, trust in question.bases:
        if label[-1].isdigit():
            continue
        for number, share in numbers.items():
            because = f"number {number} put to {label!r}"
            yield Idea(label + number, 0.85 * trust * share, because)
            yield Idea(f"{label}-{number}", 0.03 * trust * share, because)
            yield Idea(number + label, 0.05 * trust * share, because)
        for at, sure in cuts(label, question.lore).items():
            for number, share in inner.items():
                made = label[:at] + number + label[at:]
                yield Idea(
                    made, 0.07 * sure * trust * share, f"number {number} put into {label!r}"
                )


rules.offer(Rule(breadth=30, reach=0.8, explains=explains, ideas=ideas), module=__name__)
