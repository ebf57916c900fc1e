"""An address counts as named only where the name leads back to it."""

import asyncio

import pytest

from mirrorhunt.net import reverse
from mirrorhunt.net.nameserver import Nameserver
from mirrorhunt.net.resolver import Resolver
from tests.nameserver import SERVFAIL, SILENT, Entry
from tests.nameserver import Nameserver as Server

ADDRESS = "192.0.2.7"
POINTER = "7.2.0.192.in-addr.arpa"
TO_ITSELF = {"edge1.boxes.example": {"A": [ADDRESS]}}


async def asked(server: Server, address: str) -> str | None:
    resolver = Resolver([Nameserver(server.address, server.port)], timeout_s=5.0)
    try:
        return await reverse.reverse_name(resolver, address)
    finally:
        await resolver.close()


@pytest.mark.parametrize(
    "zones",
    [
        pytest.param({}, id="no name"),
        pytest.param({POINTER: SERVFAIL}, id="a failure is no answer"),
        # Anybody may call his own address by somebody else's name.
        pytest.param(
            {POINTER: {"PTR": ["www.bank.example"]}, "www.bank.example": {"A": ["192.0.2.99"]}},
            id="a name that leads elsewhere",
        ),
        pytest.param({POINTER: {"PTR": ["gone.example"]}}, id="a name that leads nowhere"),
        pytest.param({POINTER: {"PTR": ["."]}}, id="no host"),
    ],
)
def test_what_does_not_lead_back_is_no_name(zones: dict[str, Entry]) -> None:
    with Server(zones) as server:
        assert asyncio.run(asked(server, ADDRESS)) is None


def test_a_name_that_leads_back_is_the_address_s_name() -> None:
    zones: dict[str, Entry] = {POINTER: {"PTR": ["edge1.boxes.example"]}, **TO_ITSELF}
    with Server(zones) as server:
        assert asyncio.run(asked(server, ADDRESS)) == "edge1.boxes.example"


def test_of_many_names_a_few_are_looked_at() -> None:
    names = [f"n{number}.example" for number in range(50)]
    with Server({POINTER: {"PTR": names}}) as server:
        assert asyncio.run(asked(server, ADDRESS)) is None
        assert len({q.name for q in server.questions} - {POINTER}) == reverse.MAX_NAMES


def test_a_silent_zone_does_not_hold_a_visit_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reverse, "TIMEOUT_S", 0.05)
    with Server({POINTER: SILENT}) as server:
        assert asyncio.run(asked(server, ADDRESS)) is None
