"""``site.net`` → ``site.org``: a label of the network's, kept or taken up again."""

from collections.abc import Iterator

from mirrorhunt.variants._rule import Idea, Move, Question, Rule, rules


def explains(move: Move) -> str | None:
    if move.label not in move.earlier:
        return None
    return _bucket(move.earlier.index(move.label))


def _bucket(rank: int) -> str:
    return str(min(rank, 3))


def ideas(question: Question) -> Iterator[Idea]:
    """Every label of the network: by how new it is, by its share of all names and of the latest
    names, and by how often the network took up labels of that age."""
    past = question.past
    latest: dict[str, float] = {}
    for age, label in enumerate(reversed(past.labels)):
        latest[label] = latest.get(label, 0.0) + 0.9**age
    whole = sum(latest.values())
    own = question.own_details("other_suffix", fade=0.9)
    for rank, label in enumerate(past.newest_first):
        weight = (
            0.5 ** min(rank, 6) * 0.95**rank
            + 0.5 * past.usage[label] / len(past.labels)
            + 2.0 * latest[label] / whole
        )
        weight *= 1 + 0.3 * own.get(_bucket(rank), 0.0) / (1 if rank < 3 else 4)
        verb = "kept" if rank == 0 else "taken up again"
        yield Idea(label, weight, f"label {label!r} {verb} under another suffix")


rules.offer(Rule(breadth=1, reach=1.0, explains=explains, ideas=ideas), module=__name__)
