"""The name that an address goes by, where the name says so too."""

import asyncio
import ipaddress

from mirrorhunt.names import find_host
from mirrorhunt.net.resolver import Resolver, UnresolvedError

TIMEOUT_S = 3.0
"""A visit waits no longer for it: it is the least of what DNS says about a host."""
MAX_NAMES = 3
"""PTR records of one address that are looked at; who has more names them for somebody else."""


async def reverse_name(resolver: Resolver, address: str) -> str | None:
    """The host that *address* is called by its reverse zone, or None.

    Whoever holds an address may write any name there, so only a name that leads back to the
    address counts (forward-confirmed, RFC 1912 §2.1). A failure is no answer, and so is being
    late. Raises ValueError for what is no address.
    """
    pointer = ipaddress.ip_address(address).reverse_pointer
    try:
        return await asyncio.wait_for(_confirmed(resolver, pointer, address), TIMEOUT_S)
    except TimeoutError:
        return None


async def _confirmed(resolver: Resolver, pointer: str, address: str) -> str | None:
    answer = await resolver.ask(pointer, "PTR")
    for record in sorted(answer.records)[:MAX_NAMES]:
        name = find_host(record)
        if name is None:
            continue
        try:
            if address in await resolver.addresses(name):
                return name
        except UnresolvedError:
            continue
    return None
