"""Which names look like a network's."""

import pytest

from mirrorhunt.likeness import AFFIX, LABEL, Match, Patterns

STANDING = {
    "calcio": ["calciostream12.example", "goala1.example", "calcio-stream.test"],
    "films": ["films24.co.uk", "1337420.example", "film.example"],
    "other": ["calciostream.net"],
}
PATTERNS = Patterns(STANDING)


@pytest.mark.parametrize(
    "host",
    [
        "unrelated.example",
        # Free substrings are no likeness, however long.
        "mycalciostreamingsite.example",
        # Seven letters are more than a short word.
        "calciostreamabcdefg.example",
        # An affix needs a label of eight letters; films has five.
        "filmshd.example",
        # Five letters without a number in the same place.
        "films.example",
        "24films.example",
        # Four letters are taken by everybody, number or not.
        "film1.example",
        # Digits alone too.
        "1337421.example",
        # What stands below belongs to whoever holds the registrable domain.
        "calciostream13.unrelated.example",
        # Nobody can register a name here: a machine of a closed network.
        "calciostream13.lan",
        # A public suffix.
        "co.uk",
        "example",
    ],
)
def test_a_name_that_looks_like_nothing_matches_nothing(host: str) -> None:
    assert PATTERNS.match(host) == ()


def test_a_member_is_no_match_of_its_own_network() -> None:
    assert [m.network for m in PATTERNS.match("www.calciostream12.example")] == ["other"]


@pytest.mark.parametrize(
    ("host", "rule", "domain"),
    [
        ("calciostream13.example", LABEL, "calciostream13.example"),
        ("calcio-stream.xyz", LABEL, "calcio-stream.xyz"),
        ("www.cdn.calciostream99.co.uk", LABEL, "calciostream99.co.uk"),
        # On a shared platform the holder of the name is somebody of their own.
        ("calciostream.pages.dev", LABEL, "calciostream.pages.dev"),
        ("calciostreamtv.example", AFFIX, "calciostreamtv.example"),
        ("new-calciostream2.example", AFFIX, "new-calciostream2.example"),
    ],
)
def test_a_name_that_looks_like_one_is_its_registrable_domain(
    host: str, rule: str, domain: str
) -> None:
    found = PATTERNS.match(host)

    assert {(m.host, m.network, m.rule) for m in found} == {
        (domain, "calcio", rule),
        (domain, "other", rule),
    }


def test_five_letters_match_with_a_number_in_the_same_place() -> None:
    [match] = PATTERNS.match("films-25.net")

    assert match == Match(
        "films-25.net",
        "films",
        LABEL,
        "its label is “films” with a number in the same place, as films24.co.uk",
    )


def test_the_reason_names_a_member() -> None:
    because = [m.because for m in PATTERNS.match("xcalciostream.example")]

    assert because == [
        "its label is that of calcio-stream.test with “x” before it",
        "its label is that of calciostream.net with “x” before it",
    ]


def test_the_same_label_beats_an_affix() -> None:
    patterns = Patterns({"a": ["goalgoal.example", "goalgoaltv.example"]})

    assert [m.rule for m in patterns.match("goalgoaltv2.example")] == [LABEL]


def test_a_label_too_short_to_be_looked_for_is_no_pattern() -> None:
    assert len(Patterns({"a": ["goal1.example", "films.example", "123456.example"]})) == 0


def test_what_is_not_near_matches_nothing() -> None:
    assert not PATTERNS.is_near("unrelated")
    assert PATTERNS.is_near("calciostreamtv")
