"""What stands in for what DNS says."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrorhunt.errors import ConfigError
from mirrorhunt.net.connect_to import ConnectMap, ConnectTo


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        (
            "films.example:80:127.0.0.1:8080",
            ConnectTo("films.example", 80, "127.0.0.1", 8080),
        ),
        ("::127.0.0.1:8080", ConnectTo("", None, "127.0.0.1", 8080)),
        (":443:[::1]:8443", ConnectTo("", 443, "::1", 8443)),
        ("FILMS.example:::8080", ConnectTo("films.example", None, "", 8080)),
        ("192.0.2.1:80:127.0.0.1:", ConnectTo("192.0.2.1", 80, "127.0.0.1", None)),
        ("[2001:db8::1]:80::8080", ConnectTo("2001:db8::1", 80, "", 8080)),
        # Changes nothing, as with curl.
        (":::", ConnectTo()),
    ],
)
def test_an_entry_is_read_as_curl_reads_it(text: str, entry: ConnectTo) -> None:
    assert ConnectTo.parse(text) == entry


@pytest.mark.parametrize(
    "text",
    [
        "",
        "films.example:80:127.0.0.1",
        "films.example:80:127.0.0.1:8080:1",
        # A name to connect to would have to be resolved past the guard.
        "films.example:80:lab.example:8080",
        "films.example:80:[127.0.0.1:8080",
        "films.example:http:127.0.0.1:80",
        "films.example:80:127.0.0.1:0",
        "films.example:80:127.0.0.1:65536",
        "-films-:80:127.0.0.1:80",
        "::::1:80",
    ],
)
def test_an_entry_that_cannot_be_read_is_one_clear_line(text: str) -> None:
    with pytest.raises(ConfigError, match="connect_to") as caught:
        ConnectTo.parse(text)
    assert "\n" not in str(caught.value)


@given(st.text(max_size=80))
def test_any_text_is_an_entry_or_a_config_error(text: str) -> None:
    with contextlib.suppress(ConfigError):
        ConnectTo.parse(text)


def test_the_first_entry_that_holds_is_used() -> None:
    found = ConnectMap.parse(
        ["films.example:443:127.0.0.1:8443", ":443::9443", "", "::127.0.0.9:8080"]
    )
    assert found.target("films.example", "192.0.2.1", 443) == ("127.0.0.1", 8443)
    assert found.target("other.example", "192.0.2.1", 443) == ("192.0.2.1", 9443)
    assert found.target("films.example", "192.0.2.1", 80) == ("127.0.0.9", 8080)


def test_without_an_entry_nothing_changes() -> None:
    assert ConnectMap().target("films.example", "192.0.2.1", 80) == ("192.0.2.1", 80)


@pytest.mark.parametrize("literal", ["127.0.0.1", "0x7f.1", "2130706433", "::1", "192.0.2.7"])
def test_an_entry_for_any_host_is_not_for_addresses_written_in_a_url(literal: str) -> None:
    found = ConnectMap.parse(["::127.0.0.1:8080", ":80:127.0.0.1:8080"])
    assert found.target(literal, literal, 80) == (literal, 80)


def test_an_entry_may_name_the_address_that_was_resolved_to() -> None:
    found = ConnectMap.parse(["192.0.2.7:80:127.0.0.1:8080"])
    assert found.target("films.example", "192.0.2.7", 80) == ("127.0.0.1", 8080)
    assert found.target("192.0.2.7", "192.0.2.7", 80) == ("127.0.0.1", 8080)
    assert found.target("films.example", "192.0.2.8", 80) == ("192.0.2.8", 80)
