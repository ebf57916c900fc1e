"""Moves of networks, counted: what the statistics consist of."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from mirrorhunt.names import host, parts
from mirrorhunt.variants._habits import explain, move_to
from mirrorhunt.variants._lore import Fact
from mirrorhunt.variants._past import Known, Past, past_of
from mirrorhunt.variants._words import shape

SWAP = "other_suffix"
"""The rule that keeps a label: its suffixes are counted apart from those of new labels."""
_WORD_TABLES = frozenset({"affixed", "unaffixed", "other_ending"})
_LABELS_SEEN = 6


def context(past: Past) -> str:
    """What a rule's chances depend on: numbers in the latest labels, how often the network moved,
    and whether it ever took another label."""
    moved, labels = len(past.labels), past.newest_first
    size = next((most for most in (1, 2, 5, 15) if moved <= most), 16)
    return f"{_numbering(labels)}{size}{'l' if len(labels) > 1 else 's'}"


def _numbering(labels: Sequence[str]) -> str:
    """``s``: the newest label is one of a series, ``n``: it has a number, ``m``: an older one has,
    ``w``: words alone."""
    if any(c.isdigit() for c in labels[0]):
        return "s" if shape(labels[0]) in map(shape, labels[1:_LABELS_SEEN]) else "n"
    return "m" if any(c.isdigit() for label in labels[1:_LABELS_SEEN] for c in label) else "w"


def facts_of(histories: Iterable[Sequence[Known]], min_networks_of_word: int = 1) -> list[Fact]:
    """Facts of all dated moves in *histories*, one network each, sorted.

    A network counts once a month for the same fact, so that one that moves every week does not
    speak for all. A word counts if *min_networks_of_word* networks used it: that of a single one
    is mostly its name, and helps no other.
    """
    counts: dict[tuple[str, str, str], float] = {}
    networks: Counter[tuple[str, str]] = Counter()
    for history in histories:
        own = set(_of_network(history))
        networks.update({(table, key) for _, table, key in own})
        for fact in own:
            counts[fact] = counts.get(fact, 0.0) + 1.0
    return [
        Fact(*fact, count)
        for fact, count in sorted(counts.items())
        if fact[1] not in _WORD_TABLES or networks[fact[1:]] >= min_networks_of_word
    ]


def _of_network(history: Sequence[Known]) -> Iterator[tuple[str, str, str]]:
    dated = sorted(
        (k for k in history if k.first_seen_at is not None),
        key=lambda k: (k.first_seen_at, k.host),
    )
    for at, known in enumerate(dated):
        seen_at = known.first_seen_at
        assert seen_at is not None
        period = month_of(seen_at)
        taken = parts(host(known.host))
        if not taken.label:
            continue
        past = past_of(dated[:at], seen_at)
        if not past.labels:
            yield period, "birth", taken.suffix
        elif f"{taken.label}.{taken.suffix}" not in past.domains:
            for table, key in _of_move(taken.label, taken.suffix, past):
                yield period, table, key


def _of_move(label: str, suffix: str, past: Past) -> Iterator[tuple[str, str]]:
    rule, detail = explain(move_to(label, suffix, past.labels, past.suffixes))
    yield "arm", f"{context(past)} {rule or '-'}"
    if rule:
        yield rule, detail
    newest = past.newest_suffix
    if rule == SWAP:
        yield "swap", f"{newest}>{suffix}"
    else:
        kind = "same" if suffix == newest else "own" if suffix in past.suffixes else "other"
        yield "stay", f"{rule or '-'} {kind}"
        if suffix != newest:
            yield "move", f"{newest}>{suffix}"


def month_of(instant: datetime) -> str:
    """The month of *instant* in UTC, ``2024-03``."""
    in_utc = instant.astimezone(UTC)
    return f"{in_utc.year:04}-{in_utc.month:02}"
