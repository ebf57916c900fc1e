"""``sites`` → ``site``, ``sitez``, ``sitte``: one letter more, less or other."""

from collections.abc import Iterator
from string import ascii_lowercase

from mirrorhunt.variants._rule import Idea, Move, Question, Rule, rules

_LABELS_EDITED = 3
_OPERATIONS = ("append", "prepend", "chop", "behead", "double", "delete", "insert", "swap", "last")
_PRIOR = dict(zip(_OPERATIONS, (6.0, 1.0, 5.0, 1.0, 3.0, 3.0, 2.0, 4.0, 6.0), strict=True))


def explains(move: Move) -> str | None:
    if len(move.label) < 4:
        return None
    for other in move.earlier:
        found = _operation(move.label, other)
        if found:
            return found
    return None


def _operation(new: str, old: str) -> str | None:
    """How *old* became *new* by one letter, or None."""
    if len(new) == len(old) + 1:
        if new[:-1] == old:
            return f"append:{new[-1]}"
        if new[1:] == old:
            return f"prepend:{new[0]}"
        at = _first_difference(new, old)
        if new[:at] + new[at + 1 :] == old:
            return "double" if new[at] == new[at - 1] else "insert"
    elif len(new) == len(old) - 1:
        if old[:-1] == new:
            return f"chop:{old[-1]}"
        if old[1:] == new:
            return "behead"
        at = _first_difference(new, old)
        return "delete" if old[:at] + old[at + 1 :] == new else None
    elif len(new) == len(old):
        differing = [at for at in range(len(new)) if new[at] != old[at]]
        if len(differing) == 1:
            return f"last:{new[-1]}" if differing[0] == len(new) - 1 else "swap"
    return None


def _first_difference(one: str, other: str) -> int:
    shorter = min(len(one), len(other))
    return next((at for at in range(shorter) if one[at] != other[at]), shorter)


def ideas(question: Question) -> Iterator[Idea]:
    operations, letters = question.lore.keep("edits", lambda: _learned(question))
    own: dict[str, float] = {}
    for detail, count in question.own_details("edited").items():
        name = detail.partition(":")[0]
        own[name] = own.get(name, 0.0) + count
    total = 2.0 + sum(own.values())
    mixed = {name: (2.0 * p + own.get(name, 0.0)) / total for name, p in operations.items()}
    bases = question.bases[:_LABELS_EDITED]
    for label, trust in bases:
        if 4 <= len(label) <= 40:
            because = f"one letter of {label!r} changed"
            for made, weight in _edits(label, mixed, letters):
                yield Idea(made, trust * weight, because)


def _learned(question: Question) -> tuple[dict[str, float], dict[str, float]]:
    """Shares of the operations, and of the letters that are put at the end."""
    operations = dict(_PRIOR)
    letters = dict.fromkeys(ascii_lowercase, 0.25)
    letters |= {"s": 8.0, "z": 2.5, "x": 2.5, "a": 0.8, "o": 0.8, "i": 0.8, "e": 0.8, "v": 0.8}
    for detail, count in question.lore.counts("edited", 60.0).items():
        name, _, letter = detail.partition(":")
        operations[name] = operations.get(name, 0.0) + count
        if name in ("append", "last") and letter in letters:
            letters[letter] += count
    whole, sum_letters = sum(operations.values()), sum(letters.values())
    return (
        {name: count / whole for name, count in operations.items()},
        {letter: count / sum_letters for letter, count in letters.items()},
    )


def _edits(
    label: str, share: dict[str, float], letters: dict[str, float]
) -> Iterator[tuple[str, float]]:
    size = len(label)
    for letter, part in letters.items():
        yield label + letter, share["append"] * part
        yield label[:-1] + letter, share["last"] * part
        yield letter + label, share["prepend"] / 26
    yield label[:-1], share["chop"]
    yield label[1:], share["behead"]
    double, delete = share["double"] / size, share["delete"] / size
    insert, swap = share["insert"] / (26 * size), share["swap"] / (26 * size)
    for at, old in enumerate(label):
        left, right, rest = label[:at], label[at:], label[at + 1 :]
        yield left + old + right, double
        yield left + rest, delete
        # A vowel gives way to a vowel, a letter to one that looks like it; here only the first.
        for letter in ascii_lowercase:
            alike = 3.0 if old in "aeiouy" and letter in "aeiouy" else 0.8
            yield left + letter + rest, swap * alike
            if at:
                yield left + letter + right, insert


rules.offer(Rule(breadth=100, reach=0.9, explains=explains, ideas=ideas), module=__name__)
