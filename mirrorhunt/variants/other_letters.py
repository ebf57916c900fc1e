"""``sitexa`` → ``sitekb``: two letters after a stem, meaningless or a short word."""

from collections.abc import Iterator, Mapping
from string import ascii_lowercase

from mirrorhunt.variants._lore import Lore, shares
from mirrorhunt.variants._rule import Idea, Move, Question, Rule, rules
from mirrorhunt.variants._words import ending_words, shared_beginning

_MIN_STEM = 4
_MAX_STEMS = 3


def explains(move: Move) -> str | None:
    for other in move.earlier:
        stem = len(shared_beginning(move.label, other))
        ending = move.label[stem:]
        if (
            len(ending) == 2
            and ending.isalpha()
            and len(other) - stem in (0, 2)
            and stem >= _MIN_STEM
        ):
            return ending
    return None


def ideas(question: Question) -> Iterator[Idea]:
    endings = question.lore.keep("two letters", lambda: _endings(question.lore))
    for stem, trust in _stems(question):
        because = f"two letters after the stem {stem!r}"
        for ending, share in endings.items():
            yield Idea(stem + ending, trust * share, because)


def _stems(question: Question) -> Iterator[tuple[str, float]]:
    stems: dict[str, float] = {}
    labels = [label for label, _ in question.bases]
    for label, trust in question.bases[:_MAX_STEMS]:
        stems[label] = stems.get(label, 0.0) + 0.5 * trust
        if len(label) >= _MIN_STEM + 2:
            stems[label[:-2]] = stems.get(label[:-2], 0.0) + 0.5 * trust
    for other in labels[1:]:
        # Where two labels of the network part, a stem ends.
        shared = shared_beginning(labels[0], other)
        if _MIN_STEM <= len(shared) < len(labels[0]):
            stems[shared] = stems.get(shared, 0.0) + 0.5
    best = sorted(stems.items(), key=lambda item: (-item[1], item[0]))[:_MAX_STEMS]
    total = sum(trust for _, trust in best)
    for stem, trust in best:
        yield stem, trust / total


def _endings(lore: Lore) -> Mapping[str, float]:
    counts = {one + two: 0.1 for one in ascii_lowercase for two in ascii_lowercase}
    for ending, count in lore.counts("other_letters", 60.0).items():
        counts[ending] = counts.get(ending, 0.0) + count
    for word, count in ending_words(lore).items():
        if word in counts:
            counts[word] += 0.05 * count
    return shares(counts)


rules.offer(Rule(breadth=350, reach=0.8, explains=explains, ideas=ideas), module=__name__)
