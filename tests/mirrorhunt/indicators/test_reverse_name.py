"""The domain that the operator names its servers by."""

import pytest

from mirrorhunt.model import DnsFacts, Rcode


def named(name: str | None, address: str = "192.0.2.7") -> DnsFacts:
    return DnsFacts(Rcode.NOERROR, addresses=(address,), reverse_name=name)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(None, id="none"),
        pytest.param("static.7.2.0.192.clients.hoster.example", id="made from the address"),
        pytest.param("192-0-2-7.hoster.example", id="the same with hyphens"),
        pytest.param("c0000207.hoster.example", id="in hexadecimal"),
        pytest.param("vps1234.hoster.example", id="a customer's number"),
        pytest.param("hosted-by.hoster.example", id="says so"),
        pytest.param("ec2-1.compute.amazonaws.com", id="a cloud"),
        pytest.param("films.example", id="the host itself"),
        pytest.param("example", id="no registrable domain"),
    ],
)
def test_what_says_nothing_about_the_operator_is_not_read(values, name):
    found = values("reverse_name", host="films.example", dns=named(name))
    assert found == []


def test_the_domain_of_the_servers_name_is_read(values):
    dns = named("edge1.boxes.example")
    found = values("reverse_name", host="films.example", dns=dns)
    assert found == ["boxes.example"]


def test_an_address_of_the_new_kind_is_spelled_too(values):
    dns = named("20010db8000000000000000000000001.hoster.example", "2001:db8::1")
    assert values("reverse_name", host="films.example", address="2001:db8::1", dns=dns) == []
