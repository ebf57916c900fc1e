"""Other domains on the certificate."""

from datetime import UTC, datetime

import pytest

from mirrorhunt.model import PeerCertificate


def certificate(*names: str) -> PeerCertificate:
    start, end = datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 12, 30, tzinfo=UTC)
    return PeerCertificate(names, len(names), "ab" * 32, "Some Authority", start, end, False)


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(
            ("films12.example", "*.films12.example", "www.films12.example"), id="own only"
        ),
        pytest.param(("hoster.example", "films13.example"), id="does not name the host"),
        pytest.param(("films12.example", *(f"s{i}.example" for i in range(10))), id="a CDN's"),
        pytest.param(("films12.example", "*.github.io"), id="a platform's"),
    ],
)
def test_names_that_show_no_joint_control_are_not_read(values, names):
    assert values("certificate_names", certificate=certificate(*names)) == []


def test_each_other_domain_is_read_once(values):
    names = ("films12.example", "*.films13.example", "films13.example", "tv.films14.example")
    assert values("certificate_names", certificate=certificate(*names)) == [
        "films13.example",
        "films14.example",
    ]
