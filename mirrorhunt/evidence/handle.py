"""A channel, invitation or address to write to, on both.

The stable layer: domains are disposable, the channel that announces the next one is not. A handle
that a visitor left in a comment is no evidence, and app-wide support channels are everywhere.
"""

from collections.abc import Iterator

from mirrorhunt.evidence import Case, kinds
from mirrorhunt.evidence._weights import HANDLES, Weight, shared_values, shown
from mirrorhunt.model import BOTH, Evidence, Side

WEIGHT = Weight(
    m=0.45,
    u=3e-4,
    cap=8.0,
    half_life_days=730,
    group=HANDLES,
    side=Side.CANDIDATE,
    relations=BOTH,
    source="docs/attribution.md, 2026-11; arXiv 2605.08418 on chains of channels",
)
_NOUNS = {
    "telegram": "Telegram handle",
    "discord": "Discord invitation",
    "email": "e-mail address",
    "whatsapp": "WhatsApp number",
}


def _noun(value: str) -> str:
    system, _, name = value.partition(":")
    return f"{_NOUNS.get(system, 'handle')} {shown(name or value)}"


@kinds.offer
def weigh(case: Case) -> Iterator[Evidence]:
    """Each handle that candidate and network share."""
    return shared_values(case, "handle", lambda _: WEIGHT, _noun)
