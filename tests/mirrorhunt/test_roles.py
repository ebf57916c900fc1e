"""What a host is to its network beside its relation."""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from mirrorhunt import verdicts
from mirrorhunt.facts import HostFacts
from mirrorhunt.model import Availability
from tests import make

PAGE = {"page_shape": "00" * 64, "page_tags": "0" * 16, "icon": "sha256:films"}
FILMS = {
    **PAGE,
    "brand": "films",
    "ad_id": "adsense:1",
    "handle": "telegram:films",
    "offers": "player",
}
MEMBERS = tuple(make.host(f"films{n}.test", FILMS) for n in (1, 2, 3))


def role(
    shows: Mapping[str, Iterable[str | tuple[str, str]] | str],
    members: tuple[HostFacts, ...] = MEMBERS,
    *,
    name: str = "other.example",
    channels: tuple[str, ...] = ("listed",),
    state: Availability = Availability.LIVE,
) -> str:
    candidate = make.host(name, shows, channels=channels, availability=state)
    return verdicts.judge(make.case(candidate, *members)).role


LISTS = [f"films{n}.test" for n in (1, 2, 3)]


def in_template(hosts: list[str]) -> list[tuple[str, str]]:
    return [(host, "template") for host in hosts]


@pytest.mark.parametrize(
    ("shows", "expected"),
    [
        pytest.param(FILMS, "", id="a mirror is just that"),
        pytest.param({"brand": "bakery"}, "", id="a stranger has no role"),
        pytest.param({"to_redirect": "films1.test"}, "redirector", id="leads on and no more"),
        pytest.param({"to_meta_refresh": "films1.test", **PAGE}, "redirector", id="by its page"),
        # A script that leads some visitors on, on a page that offers something.
        pytest.param({"to_script_redirect": "films1.test", **FILMS}, "", id="offers something"),
        pytest.param({"to_redirect": "elsewhere.example"}, "", id="leads to somebody else"),
        pytest.param({"to_link": in_template(LISTS)}, "hub", id="three in its template"),
        pytest.param({"to_announcement": LISTS}, "hub", id="three announced"),
        pytest.param({"to_link": in_template(LISTS[:2])}, "", id="two are friends"),
        # A newspaper names them all.
        pytest.param({"to_link": LISTS}, "", id="three in the text"),
        pytest.param({"to_link": [(h, "comments") for h in LISTS]}, "", id="three by visitors"),
        pytest.param({"to_link": in_template(LISTS), "offers": "player"}, "", id="a mirror too"),
        pytest.param(
            {**PAGE, "brand": "films", "offers": "player", "ad_id": "adsense:9"},
            "proxy",
            id="the network's page, somebody else's money",
        ),
        pytest.param(
            {**FILMS, "ad_id": ("adsense:1", "adsense:9")}, "", id="the network's money as well"
        ),
        pytest.param(
            {**PAGE, "brand": ("films", "unblockall"), "offers": "player"},
            "proxy",
            id="a farm's banner",
        ),
        pytest.param(
            {**FILMS, "brand": ("films", "unblockall")}, "", id="a farm's word, the same money"
        ),
        pytest.param(
            {"brand": "unblockall", "ad_id": "adsense:9", "offers": "player"},
            "",
            id="a proxy of other pages",
        ),
    ],
)
def test_the_role_follows_from_what_it_does(
    shows: Mapping[str, Iterable[str | tuple[str, str]] | str], expected: str
) -> None:
    assert role(shows) == expected


FETCHED = {**FILMS, "ad_id": "adsense:9"}


@pytest.mark.parametrize(
    ("name", "more", "expected"),
    [
        pytest.param("unblockall.example", {}, "proxy", id="a farm's name"),
        pytest.param("filmsproxy.example", {}, "proxy", id="a farm's word in it"),
        # A publisher has other numbers on each of his sites, and one move of ten another label.
        pytest.param("films9.example", {}, "", id="the network's name"),
        pytest.param("other.example", {}, "", id="a name of its own"),
        # Another brand of the same owner, on the same theme.
        pytest.param(
            "proxybook.example", {"brand": "proxybook", "icon": "sha256:other"}, "", id="a brand"
        ),
        pytest.param("unblockall.example", {"ad_id": ()}, "", id="no money"),
        pytest.param("unblockall.example", {"certificate_names": "films1.test"}, "", id="tied"),
    ],
)
def test_a_fetched_page_brings_its_handles_along(
    name: str, more: Mapping[str, Iterable[str] | str], expected: str
) -> None:
    assert role(FETCHED | more, name=name) == expected


def test_confirmed_proxies_do_not_make_a_farm_the_network() -> None:
    farm = [make.host(f"unblock{n}.test", FETCHED | {"brand": "unblockall"}) for n in (1, 2)]

    assert role(FETCHED, (*MEMBERS, *farm), name="unblockall.example") == "proxy"


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        pytest.param({"to_announcement": "unblockall.example"}, "", id="announced"),
        pytest.param({"to_link": [("unblockall.example", "template")]}, "", id="in its menu"),
        pytest.param({"to_link": "unblockall.example"}, "proxy", id="in its text"),
    ],
)
def test_what_a_member_speaks_for_is_no_proxy(way: dict[str, Any], expected: str) -> None:
    members = (*MEMBERS, make.host("films0.test", FILMS | way))

    assert role(FETCHED, members, name="unblockall.example") == expected


def test_an_affix_of_the_network_s_own_is_no_farm() -> None:
    members = (*MEMBERS, make.host("filmsproxy.test", FILMS))

    shows = {**PAGE, "brand": "films", "offers": "player"}
    assert role(shows, MEMBERS, name="filmsproxy.example") == "proxy"
    assert role(shows, members, name="filmsproxy.example") == ""


def gone(state: Availability, way: str = "to_redirect", **more: str) -> tuple[HostFacts, ...]:
    """The network with a member in *state* that names the candidate."""
    shows = {**FILMS, way: "films4.example", **more}
    return (*MEMBERS[1:], make.host("films1.test", shows, availability=state))


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        pytest.param(gone(Availability.SEIZED), "successor", id="seized, led there"),
        pytest.param(gone(Availability.DEAD, "to_announcement"), "successor", id="announced it"),
        pytest.param(gone(Availability.DEAD, "to_link"), "", id="a link is no announcement"),
        pytest.param(gone(Availability.LIVE, "to_announcement"), "", id="both are there"),
        # It sends its visitors there by turns.
        pytest.param(gone(Availability.LIVE), "", id="still offers something"),
        pytest.param(
            (*MEMBERS, make.host("films0.test", {"to_redirect": "films4.example"})),
            "successor",
            id="now a redirector",
        ),
    ],
)
def test_a_successor_took_the_place_of_a_member(
    members: tuple[HostFacts, ...], expected: str
) -> None:
    assert role({**FILMS}, members, name="films4.example") == expected


def test_what_a_member_leads_to_is_no_successor_by_that_alone() -> None:
    # A member can name anybody (I3): neither its name nor its page is the network's.
    members = (*MEMBERS, make.host("films0.test", {"to_redirect": "bakery.example"}))

    assert role({"brand": "bakery"}, members, name="bakery.example") == ""


@pytest.mark.parametrize("state", [s for s in Availability if s is not Availability.LIVE], ids=str)
def test_what_is_not_live_has_no_role(state: Availability) -> None:
    assert role({"to_redirect": "films1.test"}, state=state) == ""
