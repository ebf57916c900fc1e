"""What is published, and what never is."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from mirrorhunt import names, publishing, warninglists
from mirrorhunt.errors import UnknownNameError
from mirrorhunt.exports import Row
from mirrorhunt.model import Availability, Verdict
from mirrorhunt.protected import DOMAIN, HOST, ProtectedNames, Protection, builtin
from mirrorhunt.protecting import Keep
from mirrorhunt.targets import Hunting
from tests import make, stored

NOTHING_PROTECTED = Keep(ProtectedNames(), make.NOW)
PLATFORMS = sorted(
    warninglists.names(warninglists.SHARED_PLATFORMS)
    | warninglists.names(warninglists.DYNAMIC_DNS)
    | warninglists.names(warninglists.LINK_IN_BIO)
)
LEVELS = (Verdict.CONFIRMED, Verdict.PROBABLE, Verdict.CANDIDATE)


@pytest.fixture
def hunting(any_engine: Engine) -> Hunting:
    return stored.begun(any_engine)


def found(
    engine: Engine,
    hunting: Hunting,
    host: str,
    verdict: Verdict = Verdict.CONFIRMED,
    state: Availability = Availability.LIVE,
    **more: Any,
) -> None:
    """Store that *host* was looked at and judged."""
    stored.looked(engine, hunting, stored.look(host, state=state))
    judged = stored.judgement(host, verdict, network=hunting.network, **more)
    stored.concluded(engine, hunting, judged)


def rows(
    engine: Engine,
    keep: Keep = NOTHING_PROTECTED,
    at_least: Verdict = Verdict.CONFIRMED,
    *,
    network: str | None = "films",
    only_live: bool = True,
) -> list[Row]:
    return list(
        publishing.rows(
            engine, keep, network=network, at_least=at_least, valid_days=7, only_live=only_live
        )
    )


def published(*arguments: Any, **more: Any) -> list[str]:
    return [row.host for row in rows(*arguments, **more)]


@pytest.mark.parametrize("at_least", LEVELS)
@pytest.mark.parametrize("only_live", [True, False])
def test_a_protected_name_is_never_published(
    at_least: Verdict, only_live: bool, any_engine: Engine, hunting: Hunting
) -> None:
    # I2: whatever was concluded before it came under protection.
    for host in ("wikipedia.org", "it.wikipedia.org", "co.uk", "ours.example", "a.ours.example"):
        found(any_engine, hunting, host)
    own = Protection("ours.example", "domain", "operator", "our shop")
    keep = Keep(builtin().with_names([own]), make.NOW)

    assert published(any_engine, keep, at_least, only_live=only_live) == []


@pytest.mark.parametrize("state", [s for s in Availability if s is not Availability.LIVE], ids=str)
def test_what_is_not_live_is_not_published(
    state: Availability, any_engine: Engine, hunting: Hunting
) -> None:
    found(any_engine, hunting, "films2.example", state=state)

    assert published(any_engine) == []
    [row] = rows(any_engine, only_live=False)
    assert row.valid_until is None


def test_what_was_rejected_is_not_published(any_engine: Engine, hunting: Hunting) -> None:
    found(any_engine, hunting, "films2.example", Verdict.REJECTED)
    found(any_engine, hunting, "films3.example", Verdict.PROTECTED)

    assert published(any_engine, NOTHING_PROTECTED, Verdict.CANDIDATE, only_live=False) == []


@pytest.mark.parametrize(
    ("at_least", "expected"),
    [
        (Verdict.CONFIRMED, "c"),
        (Verdict.PROBABLE, "bc"),
        (Verdict.CANDIDATE, "abc"),
    ],
    ids=str,
)
def test_a_verdict_at_least_as_strong_is_published(
    at_least: Verdict, expected: str, any_engine: Engine, hunting: Hunting
) -> None:
    for host, verdict in zip("abc", reversed(LEVELS), strict=True):
        found(any_engine, hunting, f"{host}.example", verdict)

    assert published(any_engine, NOTHING_PROTECTED, at_least) == [f"{h}.example" for h in expected]


# ---------------------------------------------------------------- collapsing


def test_a_child_of_a_published_domain_is_left_out(any_engine: Engine, hunting: Hunting) -> None:
    # In DNS formats the redundant child would unblock names.
    for host in ("films2.example", "tv.films2.example", "notfilms2.example"):
        found(any_engine, hunting, host)

    assert published(any_engine) == ["films2.example", "notfilms2.example"]


@pytest.mark.parametrize(
    ("parent", "state"),
    [
        pytest.param(Verdict.CANDIDATE, Availability.LIVE, id="weaker"),
        pytest.param(Verdict.REJECTED, Availability.LIVE, id="rejected"),
        pytest.param(Verdict.CONFIRMED, Availability.PARKED, id="not live"),
    ],
)
def test_a_child_stays_where_its_parent_is_not_published(
    parent: Verdict, state: Availability, any_engine: Engine, hunting: Hunting
) -> None:
    found(any_engine, hunting, "films2.example", parent, state)
    found(any_engine, hunting, "tv.films2.example")

    assert published(any_engine) == ["tv.films2.example"]


def test_a_child_stays_where_its_parent_is_protected(any_engine: Engine, hunting: Hunting) -> None:
    found(any_engine, hunting, "films2.example")
    found(any_engine, hunting, "tv.films2.example")
    exactly = Protection("films2.example", "host", "operator", "only this one")
    keep = Keep(ProtectedNames().with_names([exactly]), make.NOW)

    assert published(any_engine, keep) == ["tv.films2.example"]


def test_a_neighbour_on_a_shared_platform_is_not_covered(
    any_engine: Engine, hunting: Hunting
) -> None:
    for host in ("films.github.io", "a.films.github.io", "goals.github.io"):
        found(any_engine, hunting, host)

    assert published(any_engine) == ["films.github.io", "a.films.github.io", "goals.github.io"]


@pytest.mark.parametrize(
    ("host", "scope"),
    [
        # Blocking all below these would hit others.
        ("films.github.io", "host"),
        ("films.pages.dev", "host"),
        ("films.blogspot.com", "host"),
        ("films.workers.dev", "host"),
        ("films.netlify.app", "host"),
        ("films.web.app", "host"),
        ("tv.films.example", "host"),
        # Strangers have hosts below these, though no public suffix says so: free dynamic DNS, a
        # site builder, a page of links, a file locker, a shortener.
        ("wikaba.com", "host"),
        ("films.wikaba.com", "host"),
        ("clickfunnels.com", "host"),
        ("linkpop.com", "host"),
        ("gofile.io", "host"),
        ("bit.ly", "host"),
        # It stands above a platform, or above a public suffix.
        ("google.com", "host"),
        ("amazonaws.com", "host"),
        ("films.example", "domain"),
        ("films.co.uk", "domain"),
        # Looks like a platform, and is not.
        ("mywikaba.com", "domain"),
        ("wikaba.com.example", "host"),
        ("wikaba.example", "domain"),
    ],
)
def test_a_scope_hits_nobody_else(host: str, scope: str) -> None:
    assert publishing.scope_of(host) == scope


@pytest.mark.parametrize(
    ("protection", "scope"),
    [
        pytest.param(Protection("shop.b.example", "domain", "operator", "ours"), "host", id="sub"),
        pytest.param(Protection("x.y.b.example", "host", "operator", "ours"), "host", id="deep"),
        pytest.param(
            Protection("shop.bb.example", "domain", "operator", "ours"), "domain", id="b"
        ),
        pytest.param(
            Protection("shop.b.example", "domain", "operator", "ours", make.at(-1)),
            "domain",
            id="expired",
        ),
        pytest.param(
            Protection("shop.b.example", "domain", "operator", "ours", is_soft=True),
            "domain",
            id="soft",
        ),
    ],
)
def test_a_domain_above_a_protected_name_is_named_exactly(
    protection: Protection, scope: str, any_engine: Engine, hunting: Hunting
) -> None:
    found(any_engine, hunting, "b.example")
    found(any_engine, hunting, "tv.b.example")
    keep = Keep(ProtectedNames().with_names([protection]), make.NOW)

    # Where the parent is named exactly, it covers nobody, and its child stands by itself.
    children = [] if scope == "domain" else ["tv.b.example"]
    assert [(r.host, r.scope) for r in rows(any_engine, keep)] == [
        ("b.example", scope),
        *((child, "host") for child in children),
    ]


def test_a_domain_above_a_school_of_the_lists_is_named_exactly() -> None:
    # keio.jp itself is anybody's as far as the list knows.
    assert publishing.scope_of("keio.jp", Keep(builtin(), make.NOW)) == "host"


LABELS = st.sampled_from(["films", "tv", "shop", "www", "a"])
ENDS = st.sampled_from(
    [
        *("b.example", "films.test", "co.uk", "github.io", "pages.dev", "blogspot.com", "t.me"),
        *("wikaba.com", "netlify.app", "gofile.io", "wikipedia.org", "amazonaws.com", "keio.jp"),
    ]
)
HOSTS = st.builds(lambda labels, end: ".".join([*labels, end]), st.lists(LABELS, max_size=3), ENDS)


@given(HOSTS, st.lists(HOSTS, max_size=4), st.sampled_from([DOMAIN, HOST]))
def test_no_row_covers_a_protected_name_a_suffix_or_a_platform(
    host: str, protected: list[str], scope: str
) -> None:
    own = [Protection(name, scope, "operator", "ours") for name in protected]
    keep = Keep(builtin().with_names(own), make.NOW)
    finding = cast(
        Any, SimpleNamespace(host=host, availability="live", last_live_at=make.NOW, away=None)
    )

    if not publishing._is_published(finding, keep, publishing.LIVE):
        return
    assert host not in protected
    assert host not in names.public_suffixes()
    if publishing.scope_of(host, keep) == "host":
        return
    below = [*protected, *PLATFORMS, *names.public_suffixes()]
    assert [name for name in below if names.is_below(name, host)] == []


# ---------------------------------------------------------------- a clock that was ahead


def seen_at(engine: Engine, hunting: Hunting, days: float) -> Hunting:
    """A run that saw a confirmed host live so many days from `NOW`, by the clock of then."""
    again = stored.next_run(engine, hunting, make.NOW)
    stored.looked(engine, again, stored.look("films2.example", at=make.at(days)))
    judged = stored.judgement("films2.example", network=hunting.network)
    stored.concluded(engine, again, judged)
    return again


def published_now(engine: Engine, days: float = 0) -> list[str]:
    found = publishing.rows(
        engine,
        NOTHING_PROTECTED,
        network="films",
        at_least=Verdict.CONFIRMED,
        valid_days=7,
        only_live=True,
        now=make.at(days),
    )
    return [row.host for row in found]


def withheld_now(engine: Engine) -> list[publishing.Withheld]:
    return publishing.withheld(
        engine,
        NOTHING_PROTECTED,
        network="films",
        at_least=Verdict.CONFIRMED,
        valid_days=7,
        now=make.NOW,
    )


@pytest.mark.parametrize("minutes", [5.02, 60, 60 * 24 * 400], ids=str)
def test_a_look_dated_in_the_future_is_no_proof_of_life(
    any_engine: Engine, hunting: Hunting, minutes: float
) -> None:
    seen_at(any_engine, hunting, minutes / (60 * 24))

    assert published_now(any_engine) == []
    [left_out] = withheld_now(any_engine)
    assert (left_out.host, left_out.reason) == ("films2.example", "expired")
    assert "which is to come" in left_out.because
    assert "`mirrorhunt hunt` looks again" in left_out.because


@pytest.mark.parametrize("minutes", [-1, 0, 5], ids=str)
def test_clocks_of_several_machines_may_be_minutes_apart(
    any_engine: Engine, hunting: Hunting, minutes: float
) -> None:
    # Whoever looks and whoever publishes need not be one machine: without slack, what was seen a
    # second ago would go from the feed and come back. It prolongs an entry by as much, no more.
    seen_at(any_engine, hunting, minutes / (60 * 24))

    assert published_now(any_engine) == ["films2.example"]
    assert withheld_now(any_engine) == []


def test_the_next_look_by_a_right_clock_is_the_one_that_counts(
    any_engine: Engine, hunting: Hunting
) -> None:
    ahead = seen_at(any_engine, hunting, 400)
    seen_at(any_engine, ahead, 0)

    assert published_now(any_engine) == ["films2.example"]
    assert published_now(any_engine, days=8) == []
    assert published_now(any_engine, days=400) == []


# ---------------------------------------------------------------- rows


def test_a_row_says_until_when_it_stands(
    any_engine: Engine, hunting: Hunting, now: datetime
) -> None:
    found(any_engine, hunting, "films2.example")
    [row] = rows(any_engine)

    assert row.last_verified == now
    assert row.valid_until == now + timedelta(days=7)


def test_what_was_ignored_is_not_published_as_a_reason(
    any_engine: Engine, hunting: Hunting
) -> None:
    weighed = [stored.evidence("ad_id", 4.0), stored.evidence("brand", 0.0, "by visitors")]
    found(any_engine, hunting, "films2.example", evidence=weighed)
    [row] = rows(any_engine)

    assert [reason.kind for reason in row.evidence] == ["ad_id"]


def test_a_seed_says_that_it_is_one(any_engine: Engine, hunting: Hunting) -> None:
    found(any_engine, hunting, "films1.example")
    stored.proposed(any_engine, hunting, "films2.example", technique="redirects")
    stored.proposed(any_engine, hunting, "films2.example", technique="page_links")
    found(any_engine, hunting, "films2.example")

    assert [row.techniques for row in rows(any_engine)] == [("seed",), ("page_links", "redirects")]


def test_networks_are_apart_and_together(any_engine: Engine, hunting: Hunting) -> None:
    goals = stored.begun(any_engine, "goal1.example", network="goals")
    found(any_engine, hunting, "b.example")
    found(any_engine, goals, "a.example")

    assert published(any_engine, network="films") == ["b.example"]
    assert published(any_engine, network=None) == ["a.example", "b.example"]
    with pytest.raises(UnknownNameError, match="there are: films, goals"):
        published(any_engine, network="movies")


def test_more_rows_than_a_page_are_all_published_in_order(
    any_engine: Engine, hunting: Hunting
) -> None:
    hosts = sorted(f"films{n}.example" for n in range(1203))
    stored.looked(any_engine, hunting, *(stored.look(host) for host in hosts))
    stored.concluded(any_engine, hunting, *(stored.judgement(host) for host in hosts))

    assert published(any_engine) == hosts
