"""Which channels propose a host because of its name alone."""

from mirrorhunt.facts import HostFacts

NAME_CHANNELS = frozenset(
    {
        "affixed",
        "ct_affix",
        "ct_label",
        "dns",
        "dns_name",
        "dns_names",
        "edited",
        "feed_affix",
        "feed_label",
        "hyphenated",
        "normalised",
        "number_added",
        "number_dropped",
        "numbered",
        "other_ending",
        "other_letters",
        "other_suffix",
        "recombined",
        "substring",
        "suffix_joined",
        "suffix_split",
        "unaffixed",
    }
)
"""Their prior holds all that the name says, so the name is not weighed again."""


def was_found_by_name(candidate: HostFacts) -> bool:
    """True if a rule that makes names proposed *candidate*."""
    return any(channel in NAME_CHANNELS for channel, _ in candidate.channels)
