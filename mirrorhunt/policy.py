"""What of the policy may be learned: numbers that people's decisions put right.

The rules of `mirrorhunt.verdicts` are the same for everybody. The numbers they start from are
defaults of the literature and of measurement (docs/attribution.md); a deployment that reviews
learns its own. A `Policy` holds what was learned, under a version of its own, so that a score
stays a pure function of what is stored and of the version that is stored with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from mirrorhunt.model import Evidence

SHIPPED = "2026.2"


@dataclass(frozen=True)
class Policy:
    """One set of numbers."""

    version: str = SHIPPED
    channel_bits: Mapping[str, float] = field(default_factory=dict)
    """Channel to the bits that are added to its shipped prior."""
    kind_bits: Mapping[str, float] = field(default_factory=dict)
    """Evidence kind to the bits that are added to what speaks for a host. What counted for
    nothing still counts for nothing, and nothing is turned round."""
    group_slopes: Mapping[str, float] = field(default_factory=dict)
    """Group to the factor that its bits are worth; never negative."""
    intercept_bits: float = 0.0
    """Added to every prior."""

    def weighed(self, evidence: Evidence) -> Evidence:
        """*evidence* with the bits that this policy gives it."""
        if evidence.ignored or not evidence.bits:
            return evidence
        bits = evidence.bits
        if bits > 0:
            bits = max(0.0, bits + self.kind_bits.get(evidence.kind, 0.0))
        bits *= self.group_slopes.get(evidence.group, 1.0)
        return evidence if bits == evidence.bits else replace(evidence, bits=bits)


DEFAULT = Policy()
