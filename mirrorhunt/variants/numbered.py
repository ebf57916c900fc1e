"""``site12`` → ``site13``: a number in the label goes up, or fills a gap."""

from collections.abc import Iterator, Mapping

from mirrorhunt.variants._lore import Lore, shares
from mirrorhunt.variants._rule import Idea, Move, Question, Rule, rules
from mirrorhunt.variants._words import NUMBER, shape

_SHAPES = 6
_MAX_DIGITS = 9
_FARTHEST = 60


def explains(move: Move) -> str | None:
    label, earlier = move.label, move.earlier
    found = NUMBER.findall(label)
    if not found or len(max(found, key=len)) > _MAX_DIGITS:
        return None
    numbers = [int(text) for text in found]
    best: tuple[int, int] | None = None
    for other in earlier:
        if shape(other) != shape(label):
            continue
        texts = NUMBER.findall(other)
        if len(max(texts, key=len)) > _MAX_DIGITS:
            continue
        differing = [(a, int(b)) for a, b in zip(numbers, texts, strict=True) if a != int(b)]
        if len(differing) == 1 and (best is None or differing[0][1] > best[1]):
            new, old = differing[0]
            best = (new - old, old)
    return None if best is None else f"{max(-20, min(_FARTHEST, best[0])):+d}"


def ideas(question: Question) -> Iterator[Idea]:
    steps = _steps(question)
    labels = question.past.newest_first
    seen: set[str] = set()
    for label in labels:
        runs = list(NUMBER.finditer(label))
        if not runs or shape(label) in seen:
            continue
        seen.add(shape(label))
        if len(seen) > _SHAPES:
            return
        alike = [other for other in labels[:200] if shape(other) == shape(label)]
        for which, run in enumerate(runs):
            trust = 0.4 ** (len(seen) - 1) * (1.0 if which == len(runs) - 1 else 0.15)
            if len(run.group()) <= _MAX_DIGITS:
                values = [int(NUMBER.findall(other)[which]) for other in alike]
                for start, part in _starts(values):
                    yield from _count(label, run.span(), start, steps, trust * part)


def _starts(values: list[int]) -> list[tuple[int, float]]:
    """Numbers to count on from: the highest so far, and the newest."""
    if max(values) == values[0]:
        return [(values[0], 1.0)]
    return [(max(values), 0.6), (values[0], 0.4)]


def _count(
    label: str, span: tuple[int, int], start: int, steps: Mapping[int, float], weight: float
) -> Iterator[Idea]:
    left, text, right = label[: span[0]], label[span[0] : span[1]], label[span[1] :]
    for step, share in steps.items():
        number = start + step
        if number < 0:
            continue
        # A leading zero is a width that the network keeps to: 09, 10, 11.
        written = str(number).zfill(len(text)) if text[0] == "0" else str(number)
        yield Idea(
            left + written + right, weight * share, f"number {start} of {label!r} to {number}"
        )


def _steps(question: Question) -> dict[int, float]:
    """Step to its probability, from all networks and from this one."""
    general = question.lore.keep("steps", lambda: _general_steps(question.lore))
    own = question.own_details("numbered")
    strength = sum(own.values())
    mine = shares(own)
    own_part = strength / (strength + 2.0)
    return {
        step: (1 - own_part) * share + own_part * mine.get(f"{step:+d}", 0.02 * share)
        for step, share in general.items()
    }


def _general_steps(lore: Lore) -> dict[int, float]:
    counted = lore.counts("numbered", 36.0)
    prior = {step: 4.0 * 0.5**step + 0.02 for step in range(1, _FARTHEST + 1)}
    prior |= {step: 0.15 * 0.75**-step for step in range(-9, 0)}
    return shares({step: p + counted.get(f"{step:+d}", 0.0) for step, p in prior.items()})


rules.offer(Rule(breadth=40, reach=0.98, explains=explains, ideas=ideas), module=__name__)
