"""The nameservers as a set."""

import pytest

from mirrorhunt.model import DnsFacts, Rcode


@pytest.mark.parametrize(
    "dns",
    [
        pytest.param(None, id="not asked"),
        pytest.param(DnsFacts(Rcode.NOERROR), id="none"),
        pytest.param(DnsFacts(Rcode.NOERROR, nameservers=("", ".")), id="empty names"),
        pytest.param(
            DnsFacts(Rcode.NOERROR, nameservers=tuple(f"ns{i}.dns.test" for i in range(40))),
            id="a flood",
        ),
    ],
)
def test_no_usable_set_is_not_read(values, dns):
    assert values("nameserver_set", dns=dns) == []


def test_order_and_case_do_not_make_another_set(values):
    dns = DnsFacts(Rcode.NOERROR, nameservers=("Uma.ns.test.", "bob.ns.test"))
    assert values("nameserver_set", dns=dns) == ["bob.ns.test uma.ns.test"]
