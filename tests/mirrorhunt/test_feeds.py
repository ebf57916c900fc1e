"""Feeds as an operator writes them down."""

from typing import Any

import pytest

from mirrorhunt import config, feeds
from mirrorhunt.errors import ConfigError, UnknownNameError
from mirrorhunt.model import Availability, Verdict


def read(**table: Any) -> feeds.Feed:
    [feed] = feeds.read({"isp": {"destination": "out"} | table})
    return feed


def test_a_destination_is_all_that_a_feed_needs() -> None:
    feed = read()

    assert (feed.name, feed.verdict, feed.states) == ("isp", "confirmed", ("live",))


def test_verdicts_and_states_are_those_of_the_model() -> None:
    assert set(feeds.VERDICTS) < {v.value for v in Verdict}
    assert set(feeds.STATES) < {s.value for s in Availability}


def test_an_order_ends_with_its_last_day() -> None:
    ends = read(order_until="2027-05-31").ends_at

    assert ends is not None
    assert ends.isoformat() == "2027-06-01T00:00:00+00:00"
    assert read().ends_at is None


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"destination": ""}, "destination is missing"),
        ({"format": ["rpz"]}, "nobody reads 'format'"),
        ({"verdict": "candidate"}, "there are: confirmed, probable"),
        ({"states": ["dead"]}, "there are: live, challenge, restricted"),
        ({"states": []}, "states is empty"),
        ({"formats": []}, "formats is empty"),
        ({"tlp": "red"}, "there are: clear, green"),
        ({"unsigned": "publish"}, "there are: refuse, leave_out"),
        ({"valid_days": 0}, "no whole number from 1 to 400"),
        ({"max_added": "many"}, "no whole number"),
        ({"max_change": 0}, "is no share"),
        ({"min_entries": 9, "max_entries": 8}, "above max_entries"),
        ({"order_until": "31.5.2027"}, "is no day"),
        ({"rpz_origin": "rpz mh"}, "no short zone name"),
        ({"order": "a\nb"}, "no text on one line"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_cannot_be_meant_is_refused(table: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        read(**table)


@pytest.mark.parametrize("name", ["", "ISP", "../isp", "a b", "-isp", "x" * 41])
def test_a_name_is_fit_for_a_folder_and_an_address(name: str) -> None:
    with pytest.raises(ConfigError, match="is no name"):
        feeds.read({name: {"destination": "out"}})


def test_two_feeds_have_two_folders() -> None:
    with pytest.raises(ConfigError, match=r"destination of feeds\.a"):
        feeds.read({"a": {"destination": "out"}, "b": {"destination": "./out"}})


def test_a_feed_that_is_not_there_says_what_is() -> None:
    with pytest.raises(UnknownNameError, match="there are: isp"):
        feeds.find((read(),), "ips")
    with pytest.raises(UnknownNameError, match=r"\[feeds\.isp\]"):
        feeds.find((), "isp")


def test_feeds_are_no_environment_variable() -> None:
    with pytest.raises(ConfigError, match=r"\[feeds\.NAME\] tables"):
        config.load(environ={"MIRRORHUNT_FEEDS": "isp"})
