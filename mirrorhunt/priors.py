"""What is known of a host before any evidence: how likely one proposed this way is at all."""

from mirrorhunt.facts import HostFacts
from mirrorhunt.names import parts, skeleton
from mirrorhunt.policy import DEFAULT, Policy

POINTER_PRIOR = -5.6
"""λ = .02: most hosts that a network points at are advertisers, shops and friends. Also of
any channel that is not named here."""
_PRIORS = {
    "seed": -1.2,
    "listed": -1.2,
    "affixed": -5.6,
    "ct_affix": -5.6,
    "ct_label": -3.2,
    "edited": -6.6,
    "feed_affix": -5.6,
    "feed_label": -3.2,
    "hyphenated": -3.2,
    "normalised": -3.2,
    "number_added": -3.2,
    "number_dropped": -3.2,
    "other_ending": -6.6,
    "other_letters": -6.6,
    "recombined": -4.2,
    "same_address": -6.6,
    "same_nameservers": -7.6,
    "shared_id": -4.2,
    "substring": -10.0,
    "suffix_joined": -4.2,
    "suffix_split": -4.2,
    "unaffixed": -5.6,
}
"""log2 λ/(1−λ) by channel. What the measured table does not have stands with its closest row:
labels equal but for digits and hyphens −3.2, edits −6.6. An affix is −6.6 among the names of a
feed, but only what is live is judged, whoever brought it up: hence −5.6, as for a pointer. With
less, a host would lose by being found twice."""
_PRIORS_BY_LENGTH = {
    "other_suffix": ((10, -1.2), (8, -2.5), (5, -4.2), (0, -6.6)),
    "numbered": ((5, 0.0), (0, -4.2)),
}
"""(characters of the stem at least, prior): short labels are taken by everybody."""
NAMED_CHANNELS = _PRIORS.keys() | _PRIORS_BY_LENGTH.keys()
"""Channels that no member opens."""


def prior_bits(candidate: HostFacts, policy: Policy = DEFAULT) -> float:
    """What is known before any evidence: the best of the channels that proposed *candidate*.

    Where a name rule, list or feed proposed it, channels that a member opens are left out: what a
    member says is evidence of the known side already, and must not count twice nor lift a host
    that was there before (I3).
    """
    channels = {channel for channel, _ in candidate.channels}
    learned = policy.channel_bits
    own = [_PRIORS[c] + learned.get(c, 0.0) for c in channels & _PRIORS.keys()]
    length = len(skeleton(parts(candidate.host).label))
    own.extend(
        next(bits for least, bits in _PRIORS_BY_LENGTH[c] if length >= least) + learned.get(c, 0.0)
        for c in channels & _PRIORS_BY_LENGTH.keys()
    )
    # What members open stays at one figure, whatever was learned: they must not raise it (I3).
    return max(own, default=POINTER_PRIOR) + policy.intercept_bits
