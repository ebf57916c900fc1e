"""A suffix that is given to governments, schools and armies only: as good as a veto.

Who stands below one was checked by a registry. What a network shares with such a host was copied
from it, or the host was broken into.
"""

from collections.abc import Iterator

from mirrorhunt.evidence import Case, kinds
from mirrorhunt.evidence._weights import AGAINST, Weight
from mirrorhunt.model import BOTH, Evidence, Side
from mirrorhunt.names import parts

WEIGHT = Weight(
    m=1e-5,
    u=0.04,
    cap=-12.0,
    half_life_days=3650,
    group=AGAINST,
    side=Side.CANDIDATE,
    relations=BOTH,
    source="docs/attribution.md, 2026-11 (suffix: veto)",
)
_TOP = frozenset({"gov", "edu", "mil", "int"})
_SECOND = _TOP | {"ac", "go", "gob", "gouv", "gv", "govt", "gub", "jus", "leg", "police", "sch"}
"""Second labels below a country (``ac.uk``, ``go.jp``); ``.ac`` itself is open to everybody."""


@kinds.offer
def weigh(case: Case) -> Iterator[Evidence]:
    """That the candidate stands below an official suffix."""
    labels = parts(case.candidate.host).suffix.split(".")
    if parts(case.candidate.host).is_private_suffix:
        return
    is_official = labels[-1] in _TOP or (len(labels) > 1 and labels[-2] in _SECOND)
    if is_official:
        because = f".{'.'.join(labels)} is given to public bodies only"
        yield Evidence("official_suffix", BOTH, WEIGHT.side, AGAINST, WEIGHT.cap, because)
