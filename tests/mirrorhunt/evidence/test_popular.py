"""Among the names that everybody visits. Real names: that they are popular is the very point."""

import pytest

from mirrorhunt import verdicts
from mirrorhunt.facts import HostFacts
from mirrorhunt.model import Availability, Side, Verdict
from mirrorhunt.protected import builtin
from mirrorhunt.protecting import Keep
from tests import make

MONEY = {
    "ad_id": ["zone:1"],
    "wallet": ["btc:1"],
    "handle": ["telegram:films", "discord:films"],
    "analytics_id": ["ga:UA-1"],
    "brand": ["films"],
    "offers": ["player", "stream"],
}


def bits(host: str) -> list[float]:
    case = make.case(make.host(host), make.host("seed.test"))
    return [e.bits for e in make.evidence("popular", case)]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        pytest.param("films.example", [], id="nobody"),
        # Looks alike, which is what imitators do.
        pytest.param("google-films.example", [], id="look-alike"),
        pytest.param("google.com.films.example", [], id="popular-in-front"),
        # The platform is popular, not who stands below it.
        pytest.param("films.github.io", [], id="below-a-public-suffix"),
        pytest.param("films.dynu.com", [], id="below-free-dynamic-dns"),
        pytest.param("films.rebrandly.com", [], id="below-a-shortener"),
        # In Tranco's million alone, where every fourth domain of a pirate site is.
        pytest.param("lecodellitorale.it", [], id="in-one-million-list"),
        pytest.param("wikipedia.org", [-12], id="1,000"),
        pytest.param("it.wikipedia.org", [-12], id="its-subdomain"),
        pytest.param("037hdmovie.com", [-6], id="10,000"),
        pytest.param("aa.co.nz", [-3], id="both-million-lists"),
    ],
)
def test_the_shorter_the_list_the_more_it_costs(host: str, expected: list[float]) -> None:
    assert bits(host) == expected


def test_the_sentence_names_the_list_and_its_day() -> None:
    case = make.case(make.host("037hdmovie.com"), make.host("seed.test"))
    (found,) = make.evidence("popular", case)

    assert "the 10,000 most visited names by the list tranco10k of 20" in found.because
    assert found.side is Side.CANDIDATE
    # A list's next edition reopens nobody's decision.
    assert found.value == ""


def popular_pirate(state: Availability = Availability.LIVE) -> tuple[HostFacts, HostFacts]:
    candidate = make.host("037hdmovie.com", MONEY, availability=state)
    return candidate, make.host("seed.test", MONEY, since=-300)


def test_a_popular_pirate_site_is_probable_and_takes_two_people() -> None:
    candidate, seed = popular_pirate()
    judged = verdicts.judge(make.case(candidate, seed))

    assert judged.verdict is Verdict.PROBABLE
    assert [line.bits for line in verdicts.decompose(judged) if line.kind == "popular"] == [-6]
    why = Keep(builtin(), make.NOW).needs_two("037hdmovie.com")
    assert why is not None
    assert "the list tranco10k of 20" in why


def test_one_kind_alone_does_not_lift_a_popular_name() -> None:
    candidate = make.host("wikipedia.org", {"brand": ["films"], "offers": ["player", "stream"]})
    unknown = make.host("films2.example", {"brand": ["films"], "offers": ["player", "stream"]})
    seed = make.host("seed.test", MONEY, since=-300)
    popular = verdicts.judge(make.case(candidate, seed))
    other = verdicts.judge(make.case(unknown, seed))

    assert popular.score_bits == other.score_bits - 12


@pytest.mark.parametrize("state", [s for s in Availability if s is not Availability.LIVE])
def test_a_name_is_as_popular_while_nobody_answers(state: Availability) -> None:
    candidate, seed = popular_pirate(state)
    judged = verdicts.judge(make.case(candidate, seed))

    # Or a confirmation of a host that was down would be reopened by its coming back.
    assert [e.bits for e in judged.evidence if e.kind == "popular" and not e.ignored] == [-6]


def test_a_popular_host_that_is_not_live_is_a_candidate_at_most() -> None:
    candidate, seed = popular_pirate(Availability.CHALLENGE)

    assert verdicts.judge(make.case(candidate, seed)).verdict is Verdict.CANDIDATE
