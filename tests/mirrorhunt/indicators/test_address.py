"""The addresses that the host resolves to."""

import pytest

from mirrorhunt.model import DnsFacts, Rcode


@pytest.mark.parametrize(
    "text",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "0.0.0.0", "::1", "fe80::1", "::ffff:10.0.0.1"],
)
def test_addresses_of_no_machine_on_the_internet_are_not_read(values, text):
    assert values("address", dns=DnsFacts(Rcode.NOERROR, addresses=(text,))) == []


def test_what_is_no_address_is_not_read(values):
    assert values("address", dns=DnsFacts(Rcode.NOERROR, addresses=("films.example", ""))) == []


def test_each_address_is_read_in_its_canonical_form(values):
    dns = DnsFacts(Rcode.NOERROR, addresses=("192.0.2.7", "2001:DB8:0::1", "2001:db8::1"))
    assert values("address", dns=dns) == ["192.0.2.7", "2001:db8::1"]
