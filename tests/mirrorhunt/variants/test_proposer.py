"""Names in order of the chance that they are next."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirrorhunt.errors import InputError, NotAHostError
from mirrorhunt.names import host as as_host
from mirrorhunt.names import public_suffixes, registrable_domain
from mirrorhunt.variants import Fact, Known, Proposal, Statistics, propose, rules

NOW = datetime(2026, 10, 1, tzinfo=UTC)
LABELS = st.from_regex(r"[a-z0-9](?:[a-z0-9-]{0,28}[a-z0-9])?", fullmatch=True)
NAMES = st.builds(
    "{}.{}".format, LABELS, st.sampled_from(["net", "xyz", "co.uk", "example", "github.io"])
)
PASTS = st.lists(
    st.builds(
        Known,
        NAMES,
        st.none() | st.integers(0, 2400).map(lambda days: NOW - timedelta(days=days)),
    ),
    max_size=8,
)


def names(*known: str, limit: int = 10_000) -> list[str]:
    proposals = propose([Known(name) for name in known], NOW, Statistics.shipped(), limit)
    return [proposal.host for proposal in proposals]


def ranked(known: Sequence[Known], limit: int, as_of: datetime = NOW) -> list[Proposal]:
    return list(propose(known, as_of, Statistics.shipped(), limit))


@pytest.mark.parametrize(
    ("known", "wrong"),
    [
        pytest.param(["films.net"], "films.net", id="the known name"),
        pytest.param(["films.net", "films.org"], "films.org", id="another known name"),
        pytest.param(["blogspot.net"], "blogspot.com", id="a shared platform"),
        pytest.param(["github.net"], "github.io", id="another shared platform"),
        pytest.param(["films.net"], "films.ck", id="a suffix that is sold a level below"),
        pytest.param(["films.net"], "films.arpa.", id="a name with a dot at the end"),
    ],
)
def test_what_nobody_could_have_taken_is_not_proposed(known: list[str], wrong: str) -> None:
    assert wrong not in names(*known)


def test_a_number_that_went_up_every_time_goes_up_again() -> None:
    known = [f"films{n}.net" for n in range(1, 12)]
    assert names(*known, limit=1) == ["films12.net"]


def test_a_label_that_changed_its_suffix_every_time_does_it_again() -> None:
    known = ["films.net", "films.cc", "films.top", "films.lol", "films.site"]
    first = names(*known, limit=20)
    assert [name.partition(".")[0] for name in first].count("films") >= 18


def test_the_registrable_domain_is_asked_for_whatever_stands_below_it() -> None:
    assert names("www4.cdn.films.net") == names("films.net")


def test_names_of_a_lab_lead_to_names_of_the_same_lab() -> None:
    assert "films3.example" in names("films1.example", "films2.example", limit=20)


def test_an_excluded_name_is_left_out_and_the_others_stay_in_order() -> None:
    known = [Known("films.net")]
    every = [p.host for p in ranked(known, 200)]
    refused = set(every[::3])
    kept = propose(known, NOW, Statistics.shipped(), 100, refused.__contains__)
    assert [p.host for p in kept] == [name for name in every if name not in refused][:100]


def test_what_was_first_seen_later_is_not_known_yet() -> None:
    then = NOW - timedelta(days=300)
    early = [Known("films.net", then - timedelta(days=9))]
    late = [*early, Known("films7.org", then), Known("films8.org", NOW)]
    assert ranked(early, 500, then) == ranked(late, 500, then)


def test_what_was_counted_later_never_changes_an_answer() -> None:
    then = datetime(2024, 3, 15, tzinfo=UTC)
    shipped = Statistics.shipped()
    later = tuple(
        Fact(period, table, key, 5000.0)
        for period in ("2024-03", "2024-04", "2026-01")
        for table, key in (("swap", "net>monster"), ("arm", "w1 edited"), ("numbered", "+7"))
    )
    known = [Known("films1.net"), Known("films2.net")]
    fed = Statistics(shipped.facts + later)
    assert list(propose(known, then, fed, 500)) == list(propose(known, then, shipped, 500))
    assert list(propose(known, NOW, fed, 500)) != list(propose(known, NOW, shipped, 500))


def test_a_history_of_the_deployment_changes_what_is_proposed() -> None:
    moves = [
        [
            Known(f"show{n}.net", NOW - timedelta(days=400)),
            Known(f"show{n}.monster", NOW - timedelta(days=90)),
        ]
        for n in range(40)
    ]
    fed = Statistics.shipped().with_hops(moves)
    known = [Known("films.net")]
    assert "films.monster" in [p.host for p in propose(known, NOW, fed, 10)]
    assert "films.monster" not in [p.host for p in ranked(known, 10)]


def test_no_known_name_or_no_limit_means_no_proposal() -> None:
    assert ranked([], 10) == []
    assert ranked([Known("co.uk")], 10) == []
    assert ranked([Known("films.net")], 0) == []


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(NotAHostError, match="not a host name"):
        ranked([Known("http://films.net/")], 10)


def test_an_instant_without_an_offset_is_refused() -> None:
    with pytest.raises(InputError, match="no offset"):
        ranked([Known("films.net")], 10, datetime(2026, 1, 1))  # noqa: DTZ001
    with pytest.raises(InputError, match="no offset"):
        ranked([Known("films.net", datetime(2026, 1, 1))], 10)  # noqa: DTZ001


@settings(max_examples=60, deadline=None)
@given(PASTS)
def test_proposals_are_new_valid_and_in_order(known: list[Known]) -> None:
    proposals = ranked(known, 1500)
    hosts = [p.host for p in proposals]
    assert len(set(hosts)) == len(hosts)
    assert not set(hosts) & {registrable_domain(k.host) for k in known}
    assert not set(hosts) & public_suffixes()
    assert all(as_host(name) == name for name in hosts)
    assert all(registrable_domain(name) == name for name in hosts)
    assert all(0 < p.probability <= 1 and p.rule in rules and p.because for p in proposals)
    assert all(a.probability >= b.probability - 1e-12 for a, b in pairwise(proposals))
    assert sum(p.probability for p in proposals) <= 1.0 + 1e-6


@settings(max_examples=20, deadline=None)
@given(PASTS)
def test_the_same_question_has_the_same_answer_however_far_it_is_read(known: list[Known]) -> None:
    whole = ranked(known, 900)
    assert ranked(known, 900) == whole
    assert list(islice(propose(known, NOW, Statistics.shipped(), 900), 25)) == whole[:25]


@pytest.mark.parametrize(
    "known",
    [
        pytest.param(["a" * 63 + ".net"], id="the longest label"),
        pytest.param(["9" * 63 + ".net"], id="a number of 63 digits"),
        pytest.param([f"{'a1' * 31}.net"], id="31 numbers"),
        pytest.param(["-".join("ab" * 10) + ".net"], id="many hyphens"),
        pytest.param(["xn--bcher-kva.net", "xn--strae-oqa.de"], id="A-labels"),
        pytest.param(["1.net", "2.org"], id="labels of one digit"),
        pytest.param([f"n{n}q.net" for n in range(3000)], id="thousands of known names"),
    ],
)
def test_names_chosen_by_an_adversary_are_answered(known: list[str]) -> None:
    proposals = names(*known, limit=2000)
    assert proposals
    assert all(len(name.partition(".")[0]) <= 63 for name in proposals)
    assert not set(proposals) & set(known)
