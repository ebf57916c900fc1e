"""Contacts of zones."""

import pytest

from tests import make


def test_the_same_contact_speaks() -> None:
    case = make.case(
        make.host(shows={"soa_contact": "jo.mailbox.test"}),
        make.host("seed.test", {"soa_contact": "jo.mailbox.test"}),
    )
    (found,) = make.evidence("soa_contact", case)
    assert found.bits == 3


def test_another_contact_says_nothing() -> None:
    case = make.case(
        make.host(shows={"soa_contact": "al.mailbox.test"}),
        make.host("seed.test", {"soa_contact": "jo.mailbox.test"}),
    )
    assert make.evidence("soa_contact", case) == ()


@pytest.mark.parametrize(
    ("contact", "servers"),
    [
        pytest.param("hostmaster.hoster.test", "ns1.hoster.test ns2.hoster.test", id="hoster"),
        pytest.param("dns.cloudflare.com", "ada.ns.cloudflare.com", id="delivery-network"),
    ],
)
def test_the_default_of_a_hoster_is_ignored(contact: str, servers: str) -> None:
    shows = {"soa_contact": contact, "nameserver_set": servers}
    case = make.case(make.host(shows=shows), make.host("seed.test", shows))
    (found,) = make.evidence("soa_contact", case)
    assert found.ignored == "the default of whoever runs the nameservers"
