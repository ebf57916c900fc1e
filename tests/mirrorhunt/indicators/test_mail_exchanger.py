"""Who takes the domain's mail."""

import pytest

from mirrorhunt.model import DnsFacts, Rcode


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(".", id="null MX, RFC 7505"),
        pytest.param("localhost", id="a single label"),
        pytest.param("mail.films12.example", id="its own"),
        # Real names: that they are everybody's is the point.
        pytest.param("aspmx.l.google.com", id="Google"),
        pytest.param("route1.mx.cloudflare.net.", id="Cloudflare"),
        pytest.param("films12-example.mail.protection.outlook.com", id="Microsoft"),
        pytest.param("192.0.2.1", id="an address"),
    ],
)
def test_an_exchanger_that_says_nothing_is_not_read(values, name):
    dns = DnsFacts(Rcode.NOERROR, mail_exchangers=(name,))
    assert values("mail_exchanger", dns=dns) == []


def test_somebody_s_own_exchanger_is_read_once(values):
    dns = DnsFacts(Rcode.NOERROR, mail_exchangers=("MX.operator.test.", "mx.operator.test"))
    assert values("mail_exchanger", dns=dns) == ["mx.operator.test"]


def test_nothing_is_read_where_nothing_was_asked(values):
    assert values("mail_exchanger", dns=None) == []
