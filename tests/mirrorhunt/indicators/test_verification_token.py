"""Tokens by which a site proves itself."""

import pytest


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<p>google-site-verification: abcdefgh12345</p>", id="text"),
        pytest.param("<meta name=google-site-verification content=''>", id="empty"),
        pytest.param(
            "<meta name=google-site-verification content='YOUR_CODE_HERE'>", id="example"
        ),
        pytest.param("<meta name=google-site-verification content='two words!'>", id="words"),
        pytest.param("<meta name=description content='abcdefgh12345'>", id="another meta"),
        pytest.param("<meta name=msvalidate.01 content='x'>", id="too short"),
    ],
)
def test_what_is_no_token_is_not_read(values, html):
    assert values("verification_token", html) == []


@pytest.mark.parametrize(
    ("name", "system"),
    [
        ("google-site-verification", "google"),
        ("Yandex-Verification", "yandex"),
        ("msvalidate.01", "bing"),
        ("p:domain_verify", "pinterest"),
        ("facebook-domain-verification", "facebook"),
    ],
)
def test_a_token_is_read_with_its_system(values, name, system):
    html = f"<meta name='{name}' content=' aB3_-xyz0123456789= '>"
    assert values("verification_token", html) == [f"{system}:aB3_-xyz0123456789="]
