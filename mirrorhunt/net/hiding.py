"""Whether an answer hides a name that exists, and how.

A nameserver that has to block a name says that there is none, gives an address that leads nowhere,
or refuses; some say so themselves (RFC 8914).
"""

from mirrorhunt.model import Rcode
from mirrorhunt.net.guard import networks, refusal
from mirrorhunt.net.nameserver import Answer

_SHOWN = networks(("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"))
"""Documentation networks are nowhere, but nobody hides a name there."""
_MANNERS = ("NXDOMAIN", "REFUSED", "filtered", "no address", "address")


def is_shown(answer: Answer) -> bool:
    """True if *answer* leads somewhere on the public Internet."""
    return any(refusal(record, _SHOWN) is None for record in answer.records)


def how_hidden(answer: Answer) -> str:
    """How *answer* hides a name that others show; empty if it does not, or merely failed."""
    if answer.is_filtered:
        return "filtered, as it says,"
    if answer.rcode is Rcode.REFUSED:
        return "REFUSED"
    if answer.rcode is Rcode.NXDOMAIN and not answer.aliases:
        return "NXDOMAIN"
    if answer.rcode is Rcode.NOERROR and answer.records and not is_shown(answer):
        return f"address {answer.records[0]}"
    if answer.rcode is Rcode.NOERROR and not answer.records and not answer.aliases:
        return "no address"
    return ""


def manner(how: str) -> str:
    """The word for *how* a name is hidden, which is a sentence."""
    found = next((word for word in _MANNERS if how.startswith(word)), "other")
    return found.lower().replace(" ", "_")
