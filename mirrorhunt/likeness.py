"""Which networks a new name looks like one of.

A name is compared by what somebody registered, its label, without digits and hyphens: the same
as a member's (``feed_label``), or a long one with a short word before or after (``feed_affix``).
Never a free substring: at eight letters that brings 1.7 times the false names for nothing.

Figures (docs/attribution.md, 2026-11): of 3,797 real hops 71.6 % keep the label, 74.9 % with
affixes; by accident 1,000 labels of at least 4, 7 or 8 letters match 91, 61 or 45 of 100,000
popular names. Hence the least lengths.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from mirrorhunt.names import SPECIAL_SUFFIXES, Parts, parts, skeleton
from mirrorhunt.sieve import KEY_CHARS, MAX_AFFIX_CHARS

LABEL = "feed_label"
AFFIX = "feed_affix"
RULES = (LABEL, AFFIX)
MIN_CHARS = 6
"""Of a label that is compared, digits and hyphens apart."""
MIN_MASKED_CHARS = 5
"""The same, where the numbers stand in the same places too: ``films12`` and ``films13``."""
MIN_AFFIXED_CHARS = KEY_CHARS
"""Of a label that may carry a word more (8)."""

_DIGITS = re.compile(r"[0-9]+")
_HYPHENS = str.maketrans("", "", "-_")


class Match(NamedTuple):
    """A new name, and a network that it looks like one of."""

    host: str
    """The registrable domain, whatever stood below it."""
    network: str
    rule: str
    """One of `RULES`."""
    because: str


class _Member(NamedTuple):
    """A label of a network's, by the first domain that has it."""

    network: str
    domain: str
    masks: frozenset[str]
    """Where its numbers stand; asked for short labels only, and empty for others."""


class Patterns:
    """The labels of all networks, to be compared with.

    A million networks with one label each take 8 s, and 1 GB with all that goes with them
    (measured 2026-11).
    """

    def __init__(self, standing: Mapping[str, Iterable[str]]) -> None:
        """*standing*: the registrable domains that stand, by network."""
        self._members: dict[str, tuple[_Member, ...]] = {}
        self._standing: set[tuple[str, str]] = set()
        for network, domains in sorted(standing.items()):
            self._add(network, sorted(set(domains)))

    def _add(self, network: str, domains: list[str]) -> None:
        stems: dict[str, list[str]] = {}
        for domain in domains:
            self._standing.add((network, domain))
            stem = skeleton(_label(domain))
            # A label of digits alone is taken by everybody.
            if len(stem) >= MIN_MASKED_CHARS and not stem.isdigit():
                stems.setdefault(stem, []).append(domain)
        for stem, of_stem in stems.items():
            masks: frozenset[str] = frozenset()
            if len(stem) < MIN_CHARS:
                masks = frozenset(filter(None, (_mask(_label(d)) for d in of_stem)))
                if not masks:
                    continue
            member = _Member(network, of_stem[0], masks)
            self._members[stem] = (*self._members.get(stem, ()), member)

    def __len__(self) -> int:
        """How many different labels there are."""
        return len(self._members)

    def __iter__(self) -> Iterator[str]:
        """The labels, without digits and hyphens."""
        return iter(self._members)

    def is_near(self, stem: str) -> bool:
        """False if no name with a label of this *stem* (its skeleton) can match."""
        return stem in self._members or any(a in self._members for a, _ in _unaffixed(stem))

    def match(self, host: str) -> tuple[Match, ...]:
        """What *host* looks like, at most once for each network; raises nothing.

        Silent on a domain that stands in the network already, and under a suffix that the Public
        Suffix List does not know: certificates name machines of closed networks too.
        """
        if not any(self.is_near(skeleton(label)) for label in host.split(".")):
            return ()
        taken_apart = parts(host)
        label, suffix = taken_apart.label, taken_apart.suffix
        if not label or not (taken_apart.is_known_suffix or suffix in SPECIAL_SUFFIXES):
            return ()
        domain = f"{label}.{suffix}"
        found: dict[str, Match] = {}
        for network, rule, because in self._likenesses(taken_apart):
            if (network, domain) not in self._standing:
                found.setdefault(network, Match(domain, network, rule, because))
        return tuple(found.values())

    def _likenesses(self, name: Parts) -> Iterator[tuple[str, str, str]]:
        stem = skeleton(name.label)
        mask = _mask(name.label)
        for member in self._members.get(stem, ()):
            if len(stem) >= MIN_CHARS:
                yield (
                    member.network,
                    LABEL,
                    f"its label is “{stem}” as that of {member.domain}, digits and hyphens apart",
                )
            elif mask in member.masks:
                yield (
                    member.network,
                    LABEL,
                    f"its label is “{stem}” with a number in the same place, as {member.domain}",
                )
        for shorter, where in _unaffixed(stem):
            for member in self._members.get(shorter, ()):
                yield member.network, AFFIX, f"its label is that of {member.domain} with {where}"


def _label(domain: str) -> str:
    return domain.partition(".")[0]


def _unaffixed(stem: str) -> Iterator[tuple[str, str]]:
    """*stem* without a short word at either end, shortest word first."""
    for chars in range(1, min(MAX_AFFIX_CHARS, len(stem) - MIN_AFFIXED_CHARS) + 1):
        yield stem[:-chars], f"“{stem[-chars:]}” after it"
        yield stem[chars:], f"“{stem[:chars]}” before it"


def _mask(label: str) -> str:
    """*label* with each number written ``0`` and no hyphens; empty if it has no number.

    >>> _mask("films-12"), _mask("films")
    ('films0', '')
    """
    mask = _DIGITS.sub("0", label.translate(_HYPHENS))
    return mask if "0" in mask else ""
