"""The key behind the certificate."""

from datetime import UTC, datetime

import pytest

from mirrorhunt.model import PeerCertificate

KEY = "ab" * 32


def certificate(*names: str, count: int | None = None) -> PeerCertificate:
    start, end = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 12, 30, tzinfo=UTC)
    total = len(names) if count is None else count
    return PeerCertificate(names, total, KEY, "Some Authority", start, end, False)


@pytest.mark.parametrize(
    "presented",
    [
        pytest.param(None, id="no TLS"),
        pytest.param(certificate("server7.hoster.example"), id="the hoster's default"),
        pytest.param(certificate("xfilms12.example"), id="a name that ends like ours"),
        # A platform's wildcard is every customer's.
        pytest.param(certificate("*.github.io", "films12.example"), id="a platform's"),
        pytest.param(
            certificate("films12.example", *(f"site{i}.example" for i in range(10))), id="a CDN's"
        ),
        pytest.param(certificate("films12.example", count=250), id="more names than we keep"),
        pytest.param(certificate(), id="no names"),
    ],
)
def test_a_key_that_may_be_many_customers_is_not_read(values, presented):
    assert values("certificate_key", certificate=presented) == []


@pytest.mark.parametrize(
    "presented",
    [
        pytest.param(certificate("films12.example"), id="its own"),
        pytest.param(certificate("*.films12.example", "films12.example"), id="with wildcard"),
        pytest.param(
            certificate("films12.example", *(f"site{i}.example" for i in range(9))),
            id="ten domains",
        ),
    ],
)
def test_the_key_of_an_own_small_certificate_is_read(values, presented):
    assert values("certificate_key", certificate=presented) == [KEY]


def test_it_is_read_while_a_challenge_hides_the_page(make_visit):
    from dataclasses import replace

    from mirrorhunt.indicators import observe
    from mirrorhunt.model import Availability, Ruling

    visit = make_visit(certificate=certificate("films12.example"))
    hidden = replace(visit, ruling=Ruling(Availability.CHALLENGE, "challenge", "a human test"))
    assert [o.kind for o in observe(hidden)] == ["certificate_key"]
