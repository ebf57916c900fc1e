"""What certificate searches propose; what a certificate in hand says is a frozen case."""

from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest

from mirrorhunt.crawling.consulting import Consulting
from mirrorhunt.crawling.scene import Scene
from mirrorhunt.model import Candidate
from spiders.certificates import MAX_CANDIDATES, CertificatesSpider
from tests import make
from tests.library import CONFIG, CT, SPOTTER, library, logged, run, spotted

# tldextract leaves its list file to the garbage collector, which may find it in any test.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored in.*public_suffix_list:pytest.PytestUnraisableExceptionWarning"
)


def scene(
    consult: Consulting,
    *standing: str,
    considered: Iterable[str] = (),
    logged: Iterable[str] = (),
    is_out: Callable[[str], bool] = lambda _: False,
) -> Scene:
    known = [(name, make.at(-30) + timedelta(days=n)) for n, name in enumerate(standing)]
    given: dict[str, Any] = {
        "network": "films",
        "known": tuple(known),
        "considered": frozenset(considered),
        "now": make.NOW,
        "is_out": is_out,
        "consult": consult,
        "logged": frozenset(logged),
    }
    # The rest is what other techniques ask by.
    rest = {field.name: None for field in fields(Scene) if field.name not in given}
    return Scene(**given, **rest)


async def proposed(of: Scene) -> list[Candidate]:
    return [candidate async for candidate in CertificatesSpider.propose(of)]


@pytest.mark.parametrize(
    ("found", "channel"),
    [
        # A label that merely holds the network's is anybody's.
        pytest.param("thegreatfilmnetzworld.com", None, id="free-substring"),
        pytest.param("filmnetzunlimited.com", None, id="long-affix"),
        pytest.param("filmnetz.other.com", None, id="below-somebody-else"),
        pytest.param("filmnet.com", None, id="shorter"),
        pytest.param("filmnetz.local.lan", None, id="no-public-suffix"),
        pytest.param("filmnetz12.com", None, id="stands-already"),
        pytest.param("www.filmnetz12.com", None, id="below-what-stands"),
        pytest.param("film-netz.com", "ct_label", id="hyphen"),
        pytest.param("filmnetz777.com", "ct_label", id="a-number-out-of-nowhere"),
        # What a variant rule would have made is worth what was measured for the rule.
        pytest.param("filmnetz13.com", "numbered", id="next-number"),
        pytest.param("filmnetz12.net", "other_suffix", id="other-suffix"),
        pytest.param("www.filmnetz12.org", "other_suffix", id="the-domain-is-meant"),
        pytest.param("filmnetz-tv.com", "ct_affix", id="affix"),
    ],
)
def test_a_name_from_a_log_has_to_be_like_one_that_stands(found: str, channel: str | None) -> None:
    async def test() -> None:
        async with library({CT: [logged(found)], SPOTTER: [spotted("nobody.test")]}) as lib:
            got = await proposed(scene(lib.consult, "filmnetz12.com"))
            assert [c.channel for c in got] == ([channel] if channel else [])
            assert all(c.technique == "certificates" and c.because for c in got)

    run(test)


def test_a_short_label_is_not_asked_for() -> None:
    async def test() -> None:
        async with library({SPOTTER: [spotted("nobody.test")]}) as lib:
            assert await proposed(scene(lib.consult, "films.com")) == []
            assert CT not in lib.asked

    run(test)


@pytest.mark.parametrize(
    ("names", "found"),
    [
        pytest.param(["other.test"], [], id="without-what-stands"),
        # Eleven domains are a hoster's.
        pytest.param(["films.com", *(f"a{n}.test" for n in range(10))], [], id="large"),
        pytest.param(
            ["films.com", *(f"a{n}.films.com" for n in range(60)), "b.test"], [], id="long"
        ),
        pytest.param(["films.com", "sni1.cloudflaressl.com", "b.test"], [], id="delivery-network"),
        pytest.param(["*.films.com", "www.player.test", "co.uk"], ["player.test"], id="small"),
        # Nothing need answer at a domain that no certificate is for.
        pytest.param(
            ["films.com", "c.b.kit.test", "panel.kit.test", "api.kit.test"],
            ["api.kit.test", "c.b.kit.test"],
            id="below",
        ),
        pytest.param(
            ["films.com", "kit.test", "api.kit.test"], ["kit.test"], id="domain-and-below"
        ),
    ],
)
def test_a_small_certificate_ties_its_names(names: list[str], found: list[str]) -> None:
    async def test() -> None:
        async with library({SPOTTER: [spotted(*names)]}) as lib:
            got = await proposed(scene(lib.consult, "films.com"))
            assert [c.host for c in got] == found
            assert {(c.channel, c.seen_on) for c in got} <= {("ct_certificate", "films.com")}

    run(test)


def test_what_is_protected_or_considered_is_not_proposed() -> None:
    async def test() -> None:
        says = {CT: [logged("filmnetz1.com", "filmnetz2.com", "filmnetz3.com")], SPOTTER: [b""]}
        async with library(says) as lib:
            of = scene(
                lib.consult,
                "filmnetz.com",
                considered={"filmnetz1.com"},
                is_out=lambda name: name == "filmnetz2.com",
            )
            assert [c.host for c in await proposed(of)] == ["filmnetz3.com"]

    run(test)


def test_what_a_log_found_too_early_is_seen_for_what_it_is_later() -> None:
    # When only filmnetz1.net stood, filmnetz13.com could have been anybody's.
    async def test() -> None:
        async with library({}, config=replace(CONFIG, sources=())) as lib:
            # A gap, the next number, and one out of nowhere.
            logged_before = ["filmnetz7.com", "filmnetz13.com", "filmnetz777.com"]
            of = scene(
                lib.consult,
                "filmnetz1.net",
                "filmnetz5.com",
                "filmnetz12.com",
                considered=logged_before,
                logged=logged_before,
            )
            assert [(c.host, c.channel) for c in await proposed(of)] == [
                ("filmnetz13.com", "numbered"),
                ("filmnetz7.com", "numbered"),
            ]

    run(test)


def test_a_flood_of_certificates_does_not_become_a_flood_of_candidates() -> None:
    async def test() -> None:
        names = [f"filmnetz{n:05}.com" for n in range(3 * MAX_CANDIDATES)]
        async with library({CT: [logged(*names)], SPOTTER: [spotted("nobody.test")]}) as lib:
            got = await proposed(scene(lib.consult, "filmnetz.com"))
            assert len({c.host for c in got}) == len(got) == MAX_CANDIDATES

    run(test)


def test_the_label_that_most_domains_carry_is_asked_for_first() -> None:
    async def test() -> None:
        config = replace(CONFIG, ct_questions_per_round=1)
        async with library({CT: [logged("nobody.test")]}, config=config) as lib:
            await proposed(scene(lib.consult, "abweichung.com", "filmnetz1.com", "filmnetz2.com"))
            assert lib.asked[CT] == ["/?q=%25filmnetz%25&output=json"]

    run(test)


def test_labels_and_domains_are_asked_for_in_turn_and_no_label_twice() -> None:
    # What is logged for filmnetzplay is in the answer for filmnetz.
    async def test() -> None:
        config = replace(CONFIG, ct_questions_per_round=2)
        says = {CT: [logged("nobody.test")], SPOTTER: [spotted("nobody.test")]}
        async with library(says, config=config) as lib:
            await proposed(scene(lib.consult, "filmnetz.com", "filmnetzplay.com"))
            assert lib.asked[CT] == ["/?q=%25filmnetz%25&output=json"]
            assert len(lib.asked[SPOTTER]) == 1

    run(test)


def test_nothing_is_made_up_where_nobody_can_be_asked() -> None:
    async def test() -> None:
        async with library({}, config=replace(CONFIG, sources=())) as lib:
            assert await proposed(scene(lib.consult, "filmnetz.com")) == []

    run(test)
