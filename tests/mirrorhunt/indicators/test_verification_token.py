"""Tokens by which a site proves itself."""

from dataclasses import replace

import pytest

from mirrorhunt.indicators import observe
from mirrorhunt.model import Availability, DnsFacts, Observation, Rcode, Ruling


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


def in_zone(*texts):
    return DnsFacts(Rcode.NOERROR, texts=texts)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("v=spf1 include:_spf.google.com ~all", id="who may send mail"),
        pytest.param("v=DMARC1; p=none; rua=mailto:a@films.example", id="a mail policy"),
        pytest.param("v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEB", id="a mail key"),
        pytest.param("google-site-verification=", id="empty"),
        pytest.param("google-site-verification=YOUR_TOKEN_HERE", id="example"),
        pytest.param("see google-site-verification=aB3_-xyz0123", id="not at the beginning"),
        pytest.param("google-site-verification=two words!", id="words"),
        pytest.param("MS=ms1", id="too short"),
        # Of a service that gives the same to all, or that nobody knows.
        pytest.param("some-verification=aB3_-xyz0123", id="unknown system"),
        pytest.param("google-site-verification=" + "a" * 150, id="too long"),
        pytest.param("-" * 100_000, id="a flood"),
    ],
)
def test_what_is_no_token_is_not_read_from_the_zone(values, text):
    assert values("verification_token", dns=in_zone(text)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("google-site-verification=aB3_-xyz0123456789", "google:aB3_-xyz0123456789"),
        # Copied with the quotes that a zone file has around it.
        ('"google-site-verification=aB3_-xyz0123"', "google:aB3_-xyz0123"),
        ("yandex-verification: 0123456789abcdef", "yandex:0123456789abcdef"),
        ("MS=ms12345678", "microsoft:ms12345678"),
        ("Facebook-Domain-Verification=0a1b2c3d4e", "facebook:0a1b2c3d4e"),
        ("apple-domain-verification=AbCdEfGh12345678", "apple:AbCdEfGh12345678"),
        ("ahrefs-site-verification_0123456789abcdef", "ahrefs:0123456789abcdef"),
    ],
)
def test_a_token_in_the_zone_is_read_with_its_system(read, text, expected):
    found = read("verification_token", dns=in_zone("v=spf1 -all", text))
    assert found == [Observation("verification_token", expected, "dns")]


def test_a_token_of_the_zone_is_not_read_while_a_challenge_hides_the_page(make_visit):
    # What is no page of the host's own weighs nothing, and this kind is the page's.
    zone = in_zone("google-site-verification=aB3_-xyz0123")
    shown = make_visit("<p>Films</p>", dns=zone)
    challenge = Ruling(Availability.CHALLENGE, "challenge", "it asks for a proof")

    assert "verification_token" in {o.kind for o in observe(shown)}
    shut = replace(shown, ruling=challenge)
    assert "verification_token" not in {o.kind for o in observe(shut)}
