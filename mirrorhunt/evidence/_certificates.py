"""What one small certificate for two names is worth, whoever of the two is known."""

from mirrorhunt.evidence._weights import CONTROL, Weight
from mirrorhunt.model import BOTH, Side

NAMED = Weight(
    m=0.10,
    u=1e-4,
    cap=10.0,
    half_life_days=180,
    group=CONTROL,
    side=Side.JOINT,
    relations=BOTH,
    source="docs/attribution.md, 2026-11: names of one DV certificate were all "
    "validated by one account",
)
