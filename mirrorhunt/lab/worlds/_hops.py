"""Where four brands of one network move to: which names, in which order, and what became of each.

Drawn from the moves of real networks (public histories of 2,032 brands, 2015-2026): of their hops
41 % keep the label and change the suffix, 29 % change a number (nine of ten by one), the rest put
words and hyphens to the label, take them away, or do two of these at once.
"""

import random
from dataclasses import dataclass

from mirrorhunt.lab.worlds._names import SUFFIXES, Brand

LIVE = "live"
NOBODY = "nobody"
"""A name that is left out: nobody has registered it."""

# The common ones: a network knows what a visitor would type.
_USUAL = SUFFIXES[:24]
# Steps of a number: most by one, some leave names out that were blocked before they were used.
_STEPS = (1, 1, 1, 1, 2, 2, 2, 3, 3)
# What stands in the gaps of a series: given up, lost, somebody else's, or never there.
_GAPS = (NOBODY, "dead", "parked", "for_sale", "no_address", "lame", "stranger", "no_answer")


@dataclass(frozen=True, slots=True)
class Hop:
    """One name of a series."""

    name: str
    brand: Brand
    fate: str = LIVE
    """``live``, ``nobody``, one of `_GAPS`, ``seized``, ``loop`` or ``servfail``."""
    is_listed: bool = False
    """True if live members link to it; else nothing but its name gives it away."""
    series: str = ""
    """The habit that makes it."""


@dataclass(frozen=True, slots=True)
class Series:
    """Names of one habit, oldest first."""

    habit: str
    every_days: int
    """How long the network stays at one of them."""
    hops: tuple[Hop, ...]

    @property
    def live(self) -> tuple[Hop, ...]:
        return tuple(hop for hop in self.hops if hop.fate == LIVE)


def all_series(rng: random.Random, found: tuple[Brand, ...]) -> tuple[Series, ...]:
    """The habits of the network, one a brand."""
    counting, swapping, dressing, mixing, *_ = found
    return (
        _numbers(rng, counting),
        _suffixes(rng, swapping),
        _affixes(rng, dressing),
        _both(rng, mixing),
    )


def _numbers(rng: random.Random, brand: Brand) -> Series:
    """``site41``, ``site43``, ``site46`` …, and on under another suffix when that one is lost."""
    suffix, later = rng.sample(("xyz", "online", "site", "top", "club"), 2)
    number = rng.randrange(20, 60)
    steps = list(_STEPS)
    rng.shuffle(steps)
    gaps = rng.sample(_GAPS, len(_GAPS))
    hops = [Hop(f"{brand.label}{number}.{suffix}", brand, is_listed=True)]
    for place, step in enumerate(steps):
        hops += [
            Hop(f"{brand.label}{left_out}.{suffix}", brand, gaps.pop())
            for left_out in range(number + 1, number + step)
        ]
        number += step
        hops.append(Hop(f"{brand.label}{number}.{suffix}", brand, is_listed=place == 0))
    # What comes next is taken already, by somebody who has seen where this goes.
    hops.append(Hop(f"{brand.label}{number + 1}.{suffix}", brand, "stranger"))
    hops += [Hop(f"{brand.label}{n}.{later}", brand) for n in (number + 1, number + 2)]
    return Series("numbered", 8, tuple(hops))


def _suffixes(rng: random.Random, brand: Brand) -> Series:
    """One label under twelve suffixes."""
    fates = [LIVE] * 6 + ["dead", "parked", "seized", "for_sale"]
    rng.shuffle(fates)
    # It began in the open, so that two of them are known.
    fates = [LIVE, LIVE, *fates]
    hops = [
        Hop(f"{brand.label}.{suffix}", brand, fate, is_listed=place < 2)
        for place, (suffix, fate) in enumerate(
            zip(rng.sample(_USUAL, len(fates)), fates, strict=True)
        )
    ]
    # Under a suffix where every name resolves: a guess says nothing there, but a zone does.
    hops.append(Hop(f"{brand.label}.ws", brand))
    return Series("other_suffix", 45, tuple(hops))


def _affixes(rng: random.Random, brand: Brand) -> Series:
    """Words before and after, with a hyphen and without."""
    label = brand.label
    first, second, third = rng.sample(_USUAL[:14], 3)
    known = (f"{label}tv.{first}", f"{label}-live.{second}")
    hidden = [
        f"{label}-tv.{first}",
        f"{label}live.{second}",
        f"{label}.{first}",
        f"{label}hd.{first}",
        f"the{label}.{second}",
        f"{label}tv.{third}",
        f"new-{label}.{first}",
    ]
    rng.shuffle(hidden)
    gone = [f"{label}s.{first}", f"{label}-hd.{second}"]
    hops = [Hop(name, brand, is_listed=True) for name in known]
    hops += [Hop(name, brand) for name in hidden]
    hops += [Hop(name, brand, fate) for name, fate in zip(gone, ("loop", "servfail"), strict=True)]
    return Series("affixed", 70, tuple(hops))


def _both(rng: random.Random, brand: Brand) -> Series:
    """Two rules at once: a number and a suffix, a word and a number."""
    label = brand.label
    a, b, c, d = rng.sample(_USUAL[:16], 4)
    number = rng.randrange(2, 5)
    return Series(
        "twofold",
        30,
        (
            Hop(f"{label}{number}.{a}", brand, is_listed=True),
            Hop(f"{label}{number + 1}.{b}", brand, is_listed=True),
            Hop(f"{label}{number + 2}.{c}", brand),
            Hop(f"{label}{number + 3}.{a}", brand, "parked"),
            Hop(f"{label}{number + 4}.{d}", brand),
            Hop(f"{label}-tv{number + 5}.{a}", brand),
            Hop(f"{label}tv.{c}", brand),
        ),
    )
