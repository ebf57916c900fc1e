"""``site`` → ``site2``, ``site-3``, ``123site``: a number where there was none."""

from collections.abc import Iterator, Mapping

from mirrorhunt.variants._lore import Lore, shares
from mirrorhunt.variants._rule import Idea, Move, Question, Rule, rules
from mirrorhunt.variants._words import NUMBER, bare, cuts, plain


def explains(move: Move) -> str | None:
    label, earlier = move.label, move.earlier
    numbers = NUMBER.findall(label)
    root = plain(bare(label))
    if not numbers or not root:
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


def numbers_of(lore: Lore) -> Mapping[str, float]:
    """Number to the chance that it is the one that is added, likeliest first."""
    return lore.keep("numbers", lambda: _numbers(lore))


def _numbers(lore: Lore) -> Mapping[str, float]:
    choice = {str(n): 3.0 / n**1.3 for n in range(1, 31)}
    choice |= {f"0{n}": 0.3 / n for n in range(1, 10)}
    choice |= {"0": 0.3, "24": 0.15, "88": 0.1, "99": 0.1, "123": 0.1, "247": 0.05, "365": 0.1}
    for key, count in lore.counts("number_added", 60.0).items():
        number = key.partition(":")[2]
        if number:
            choice[number] = choice.get(number, 0.0) + count
    return dict(sorted(shares(choice).items(), key=lambda item: (-item[1], item[0])))


rules.offer(Rule(breadth=30, reach=0.8, explains=explains, ideas=ideas), module=__name__)
