"""What the page kinds have in common: bands of closeness, and the theme that explains them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from mirrorhunt.evidence import Case
from mirrorhunt.evidence._identity import (
    goes_by_names,
    has_own_identity,
    is_namesake,
    shares_icon,
)
from mirrorhunt.evidence._prints import SHAPE, TAGS, Measure, closest, members_alike
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

THEME_NAMES = 3
"""Two names may be one site that was renamed."""


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
    if bits <= THEME_BITS:
        return bits, ""
    if has_own_identity(case):
        return THEME_BITS, "; but it has a name and accounts of its own, so perhaps one theme"
    if is_theme(case):
        why = f"; but members of {THEME_NAMES} names and more have it, and it has none of these"
        return THEME_BITS, f"{why}, so perhaps one theme"
    return bits, ""


def is_theme(case: Case) -> bool:
    """True if the network itself uses the candidate's template under several names, and the
    candidate goes by none of them.

    Who runs forty brands buys themes, and so do others: what brands of one owner look like each
    other in is then what the customers of one shop look like each other in.
    """
    if is_namesake(case) or shares_icon(case):
        return False
    alike = sorted({*members_alike(case, SHAPE), *members_alike(case, TAGS)})
    return goes_by_names(case, alike, THEME_NAMES)


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
