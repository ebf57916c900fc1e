"""What the page kinds have in common: bands of closeness, and the theme that explains them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from mirrorhunt.evidence import Case
from mirrorhunt.evidence._identity import has_own_identity
from mirrorhunt.evidence._prints import Measure, closest
from mirrorhunt.evidence._weights import (
    GENERIC_CLUSTERS,
    KNOWN_CAP_BITS,
    Weight,
    faded,
    ignored,
    known_group,
    values_of,
)
from mirrorhunt.model import BOTH, Evidence, Side

THEME_BITS = 1.5
"""What a shared template is worth on a site with an identity of its own: the likelihood ratio
against sites of the same theme (docs/attribution.md, 2026-11)."""


@dataclass(frozen=True, slots=True)
class Band:
    """From this closeness on, so many bits."""

    closeness: float
    bits: float


def in_band(closeness: float, bands: Sequence[Band]) -> float:
    """The bits of the first of *bands*, strictest first, that *closeness* reaches."""
    return next((b.bits for b in bands if closeness >= b.closeness), 0.0)


def template_bits(case: Case, bits: float) -> tuple[float, str]:
    """*bits* of a shared template, and a clause for the sentence where a theme explains it."""
    if bits > THEME_BITS and has_own_identity(case):
        return THEME_BITS, "; but it has a name and accounts of its own, so perhaps one theme"
    return bits, ""


def weigh_prints(
    case: Case,
    measure: Measure,
    weight: Weight,
    bands: Sequence[Band],
    says: Callable[[float], str],
) -> Iterator[Evidence]:
    """The one piece of evidence that the prints of *measure* give, if any."""
    near = closest(case, measure, lambda c, d: faded(in_band(c, bands), d, weight.half_life_days))
    if near is None:
        return
    bits = in_band(near.closeness, bands)
    if bits <= 0:
        return
    because = f"{says(near.closeness)} {near.host}"
    crowd = max(
        case.rarity.count(measure.kind, v) for v in values_of(case.candidate, measure.kind)
    )
    if crowd >= GENERIC_CLUSTERS:
        why = f"{crowd} unrelated sites have exactly this page"
        yield ignored(weight, measure.kind, "", because, why)
    elif near.is_own:
        bits, clause = template_bits(case, bits)
        bits = faded(bits, near.days, weight.half_life_days)
        yield Evidence(
            measure.kind, weight.relations, weight.side, weight.group, bits, because + clause
        )
    else:
        group = known_group(case.candidate, near.since, near.is_native)
        because += "; not the network's own page: neither a seed's nor on two members' first day"
        bits = min(bits, KNOWN_CAP_BITS)
        yield Evidence(measure.kind, BOTH, Side.KNOWN, group, bits, because)
