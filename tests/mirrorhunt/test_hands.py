"""Who runs a host: what a fetched page brings along says nothing about it."""

from dataclasses import replace

import pytest

from mirrorhunt import hands, verdicts
from mirrorhunt.evidence import Case
from mirrorhunt.facts import NetworkFacts, Rarity
from mirrorhunt.model import Judgement
from tests import make

PAGE = {"page_shape": "00" * 64, "page_tags": "0" * 16, "icon": "sha256:films", "brand": "films"}
FILMS = {
    **PAGE,
    "ad_id": "adsense:1",
    "handle": ["telegram:films", "email:a@films.test"],
    "wallet": "btc:1",
    "offers": "player",
}
MEMBERS = tuple(make.host(f"films{n}.test", FILMS) for n in (1, 2, 3))
FETCHED = {**FILMS, "ad_id": "adsense:9"}
BRAND = {**FILMS, "page_shape": "ff" * 64, "page_tags": "f" * 16, "brand": "goals"} | {
    "icon": "sha256:goals",
    "ad_id": "adsense:9",
}


def judged(shows: dict[str, object], name: str = "unblockall.example") -> Judgement:
    return verdicts.judge(make.case(make.host(name, shows, channels=["listed"]), *MEMBERS))  # type: ignore[arg-type]


def test_handles_and_wallet_of_a_fetched_page_are_not_its_servers() -> None:
    fetched = judged(FETCHED)

    assert dict(fetched.scores)[verdicts.Relation.OPERATOR] > verdicts.CONFIRM_BITS
    assert hands.hand_bits(fetched) < verdicts.PROBABLE_BITS


def test_on_another_page_they_are() -> None:
    assert hands.hand_bits(judged(BRAND, "goals.example")) > verdicts.CONFIRM_BITS


def test_the_network_s_own_account_says_whose_a_page_is() -> None:
    assert hands.hand_bits(judged(FILMS, "films4.example")) > verdicts.PROBABLE_BITS


def test_a_probable_host_that_somebody_else_runs_ties_nobody() -> None:
    shown = {
        1: make.host("unblockall.example", FETCHED, channels=["listed"]),
        2: make.host("goals.example", BRAND, channels=["listed"]),
        3: make.host("bakery.example", {"brand": "bakery"}, channels=["listed"]),
    }
    judgements = {id_: verdicts.judge(make.case(h, *MEMBERS)) for id_, h in shown.items()}

    assert hands.operated(shown, judgements).keys() == {"goals.example"}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param({}, {"unblockall.example"}, id="the role that was found"),
        pytest.param({"unblockall.example": "mirror"}, set(), id="a person knows better"),
        pytest.param(
            {"films4.example": "proxy", "unblockall.example": "operator"},
            {"films4.example"},
            id="either way",
        ),
    ],
)
def test_who_is_a_guest(said: dict[str, str], expected: set[str]) -> None:
    found = [judged(FETCHED), judged(FILMS, "films4.example")]

    assert hands.guests(found, said) == expected


# ---------------------------------------------------------------- what guests bring along

FARM = {**FETCHED, "certificate_names": "farm.test", "nameserver_set": "ns1.farm.test"}


def of_the_farm(*, guests: bool) -> Judgement:
    """Another copy of the farm's, of somebody else's pages, before a network with two of it."""
    names = ("unblock1.test", "unblock2.test")
    copies = tuple(make.host(n, {**FARM, "certificate_names": "farm.test"}) for n in names)
    known = NetworkFacts("films", (*MEMBERS, *copies), frozenset({"films1.test"}))
    if guests:
        known = replace(known, guests=frozenset(names))
    other = {
        "page_shape": "aa" * 64,
        "brand": "goals",
        "offers": "player",
        "ad_id": "adsense:9",
        "nameserver_set": "ns1.farm.test",
        "certificate_names": names,
    }
    return verdicts.judge(Case(make.host("farm.test", other), known, Rarity(), make.NOW))


def test_what_a_farm_has_besides_does_not_tie_its_other_copies() -> None:
    assert of_the_farm(guests=False).verdict is verdicts.Verdict.PROBABLE
    tied = of_the_farm(guests=True)
    assert tied.verdict is verdicts.Verdict.CANDIDATE
    assert {
        e.kind for e in tied.evidence if e.bits >= 3 and e.side is verdicts.Side.JOINT
    } == set()
