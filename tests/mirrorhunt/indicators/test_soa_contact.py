"""The contact in the zone."""

import pytest

from mirrorhunt.model import DnsFacts, Rcode


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(None, id="absent"),
        pytest.param("", id="empty"),
        pytest.param(".", id="the root"),
        pytest.param("hostmaster.films12.example", id="its own domain's"),
        pytest.param("root.localhost", id="nobody"),
        pytest.param("operator.test", id="no local part"),
        pytest.param("dns.cloudflare.com", id="Cloudflare"),
        pytest.param("hostmaster.registrar-servers.com.", id="a registrar"),
    ],
)
def test_a_contact_that_names_nobody_is_not_read(values, name):
    assert values("soa_contact", dns=DnsFacts(Rcode.NOERROR, soa_rname=name)) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Boss.Operator.test.", "boss.operator.test"),
        # The address is first.last@operator.test.
        ("first\\.last.operator.test", "first\\.last.operator.test"),
    ],
)
def test_somebody_s_own_contact_is_read(values, name, expected):
    assert values("soa_contact", dns=DnsFacts(Rcode.NOERROR, soa_rname=name)) == [expected]
