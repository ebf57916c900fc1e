"""The same mail server, unless it serves everybody."""

from collections.abc import Iterator

from mirrorhunt.evidence import Case, kinds
from mirrorhunt.evidence._weights import INFRA, Weight, ignored, shared_values, shown
from mirrorhunt.model import BOTH, Evidence, Side
from mirrorhunt.names import registrable_domain

WEIGHT = Weight(
    m=0.10,
    u=1e-3,
    cap=3.0,
    half_life_days=180,
    group=INFRA,
    side=Side.CANDIDATE,
    relations=BOTH,
    source="docs/attribution.md, 2026-11",
    smoothing=20,
)
PROVIDERS = frozenset(
    {
        "cloudflare.net",
        "forwardemail.net",
        "google.com",
        "googlemail.com",
        "hostinger.com",
        "icloud.com",
        "improvmx.com",
        "mailgun.org",
        "mail.ru",
        "messagingengine.com",
        "mxroute.com",
        "namecheap.com",
        "one.com",
        "outlook.com",
        "ovh.net",
        "privateemail.com",
        "protonmail.ch",
        "registrar-servers.com",
        "secureserver.net",
        "titan.email",
        "yandex.net",
        "zoho.com",
        "zoho.eu",
    }
)
"""Registrable domains whose mail servers take in strangers' mail. Rarity finds the others; this is
for the first night, when there is nothing to count yet."""


@kinds.offer
def weigh(case: Case) -> Iterator[Evidence]:
    """Each mail server that candidate and network share."""
    for e in shared_values(
        case, "mail_exchanger", lambda _: WEIGHT, lambda v: f"mail server {shown(v)}"
    ):
        if not e.ignored and registrable_domain(e.value) in PROVIDERS:
            why = "a mail service that takes in strangers' mail"
            yield ignored(WEIGHT, "mail_exchanger", e.value, e.because, why)
        else:
            yield e
