"""The invariants of attribution, for any facts: release gates.

I2, that a protected name is never scored nor published, is kept by those who call the policy and
is tested with them.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from mirrorhunt import flags, verdicts
from mirrorhunt.evidence import Case, weigh
from mirrorhunt.facts import HostFacts, NetworkFacts, Rarity
from mirrorhunt.model import Availability, Side, StoredObservation, Verdict
from tests import make

CANDIDATE = "films13.example"
MEMBERS = ("films12.test", "kt-streams.test", "m3.test")
many = settings(
    max_examples=300,
    deadline=None,
    # Near the line is where it matters, so the strategies throw much away.
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

# Two or three values a kind, so that hosts really share some.
VALUES = {
    "ad_id": ("adsense:1", "adsense:2", "zone:3"),
    "wallet": ("btc:1", "btc:2"),
    "handle": ("telegram:films", "email:a@films.test"),
    "analytics_id": ("histats:1", "ga:UA-2", "gtm:GTM-3"),
    "verification_token": ("google:1", "google:2"),
    "own_host": ("player.test", "api.films12.test", "cdn.example"),
    "icon": ("sha256:aa", "sha256:bb", "mmh3:1"),
    "brand": ("films", "bakery", "otherpirate"),
    "asset_path": tuple(f"/a/{i}.js" for i in range(6)),
    "page_shape": ("00" * 64, "00" * 40 + "ff" * 24, "ff" * 64, "junk"),
    "page_tags": ("0" * 16, "0" * 13 + "fff", "f" * 16, ""),
    "certificate_key": ("ab" * 32, "cd" * 32),
    "certificate_names": ("films12.test", CANDIDATE, "m3.test"),
    "nameserver_set": ("a.ns.cloudflare.com b.ns.cloudflare.com", "ns1.hoster.test"),
    "address": ("192.0.2.1", "192.0.2.2"),
    "mail_exchanger": ("mail.films12.test", "mail.other.test"),
    "soa_contact": ("jo.mailbox.test",),
    "offers": ("player", "schedule", "subscription"),
    **{
        f"to_{how}": (*MEMBERS, CANDIDATE, "shop.test")
        for how in (
            "redirect",
            "meta_refresh",
            "script_redirect",
            "canonical",
            "alternate",
            "frame",
            "announcement",
            "link",
            "text",
            "certificate",
        )
    },
}
REGIONS = ("head", "template", "body", "comments", "http")
CHANNELS = ("listed", "numbered", "other_suffix", "affixed", "recombined", "substring")
POINTERS = ("link", "redirect", "announcement", "canonical", "text", "certificate", "comment")


PAIRS = [(kind, value) for kind, values in sorted(VALUES.items()) for value in values]
# A pointer is one of fifty, and each of the others has two or three values: as many of both.
_SEEN = st.tuples(
    st.sampled_from(PAIRS), st.sampled_from(REGIONS), st.integers(0, 8), st.booleans()
)


@st.composite
def observations(
    draw: st.DrawFn, since: tuple[int, int], native: bool | None
) -> tuple[StoredObservation, ...]:
    """Up to 25, first seen between *since* (days); *native* None: some are, some not."""
    first, last = since
    found = {}
    for (kind, value), region, eighth, is_native in draw(st.lists(_SEEN, max_size=25)):
        at = first + (last - first) * eighth // 8
        own = is_native if native is None else native
        until = 0 if eighth % 2 else at
        o = make.seen(kind, value, region, since=at, until=until, native=own)
        found[kind, value, region] = o
    return tuple(found.values())


@st.composite
def networks(draw: st.DrawFn, native: bool | None = None) -> NetworkFacts:
    members = tuple(
        make.host(name, more=draw(observations((-400, 0), native)))
        for name in MEMBERS[: draw(st.integers(1, 3))]
    )
    seeds = draw(st.sets(st.sampled_from([m.host for m in members])))
    return make.network(*members, seeds=seeds)


@st.composite
def candidates(draw: st.DrawFn) -> HostFacts:
    """A host that was there 50 days ago; as values are few, it shares some with the members."""
    channels = draw(st.lists(st.sampled_from(CHANNELS + POINTERS), max_size=3, unique=True))
    return make.host(
        CANDIDATE,
        channels=channels,
        registered=draw(st.none() | st.integers(-5000, -300)),
        more=draw(observations((-300, -50), None)),
    )


def rarities() -> st.SearchStrategy[Rarity]:
    counts = st.dictionaries(st.sampled_from(PAIRS), st.integers(0, 12), max_size=10)
    observable = st.dictionaries(st.sampled_from(sorted(VALUES)), st.integers(0, 3000), max_size=8)
    return st.builds(Rarity, counts, observable)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    return Case(draw(candidates()), draw(networks()), draw(rarities()), make.NOW)


# ---------------------------------------------------------------- I1


@many
@given(cases())
def test_i1_what_members_say_alone_is_never_probable(case: Case) -> None:
    said = [e for e in weigh(case) if e.side is Side.KNOWN]
    assert verdicts.conclude(case, said).verdict is Verdict.CANDIDATE


@many
@given(networks(native=False), candidates(), rarities())
def test_i1_members_that_took_everything_up_later_prove_nothing(
    network: NetworkFacts, candidate: HostFacts, rarity: Rarity
) -> None:
    own = tuple(
        o
        for o in candidate.observations
        if not o.kind.startswith("to_") and o.kind not in {"own_host", "certificate_names"}
    )
    # A name of its own, or the label would speak for it.
    stranger = replace(
        candidate, host="bakery.example", registrable_domain="bakery.example", observations=own
    )
    judgement = verdicts.judge(Case(stranger, network, rarity, make.NOW))
    assert judgement.verdict is Verdict.CANDIDATE
    assert all(e.side is Side.KNOWN for e in judgement.evidence if e.bits > 0)


# ---------------------------------------------------------------- I3


def edited(
    network: NetworkFacts, candidate: HostFacts, extra: list[tuple[StoredObservation, ...]]
) -> NetworkFacts:
    """Every member is dressed as the candidate, points to it in every way, and shows *extra*."""
    dressed = [
        replace(o, first_seen_at=make.at(-1), last_seen_at=make.NOW, is_native=False)
        for o in candidate.observations
    ]
    pointing = [
        make.seen(f"to_{how}", CANDIDATE, region, since=-1, native=False)
        for how in ("redirect", "announcement", "canonical", "alternate", "frame", "link", "text")
        for region in ("head", "template", "body", "http")
    ]
    named = [make.seen("certificate_names", CANDIDATE, "tls", since=-1, native=False)]
    members = tuple(
        replace(m, observations=(*m.observations, *dressed, *pointing, *named, *more))
        for m, more in zip(network.members, extra, strict=True)
    )
    return replace(network, members=members)


def _near_the_line() -> tuple[HostFacts, NetworkFacts]:
    """A host that shares one established ID, 0.9 bits below the line."""
    shows = {"analytics_id": "histats:1"}
    candidate = make.host(
        CANDIDATE, shows | {"offers": "player", "brand": "bakery"}, since=-300, channels=["link"]
    )
    stranger = replace(candidate, host="bakery.example", registrable_domain="bakery.example")
    return stranger, make.network(make.host("films12.test", shows))


@many
@given(candidates(), networks(), rarities(), st.data())
def test_i3_no_edit_of_known_members_makes_a_host_probable_that_was_there_before(
    candidate: HostFacts, network: NetworkFacts, rarity: Rarity, data: st.DataObject
) -> None:
    assume(candidate.observations or candidate.registered_at)
    before = verdicts.judge(Case(candidate, network, rarity, make.NOW))
    assume(before.verdict is Verdict.CANDIDATE)
    extra = [data.draw(observations((-20, 0), native=False)) for _ in network.members]
    by_members = tuple((how, "a member says so") for how in data.draw(st.sets(_POINTED)))
    named = replace(candidate, channels=candidate.channels + by_members)
    after = verdicts.judge(Case(named, edited(network, candidate, extra), rarity, make.NOW))
    event("near the line" if before.score_bits > 0 else "far from it")
    assert after.verdict is Verdict.CANDIDATE
    assert verdicts.auto_confirmable(after) is not None


_POINTED = st.sampled_from(POINTERS)


def test_i3_holds_for_a_host_just_below_the_line() -> None:
    candidate, network = _near_the_line()
    before = verdicts.judge(make.case(candidate, of=network))
    assert 0 < before.score_bits < verdicts.PROBABLE_BITS
    late = make.seen("to_redirect", "bakery.example", "http", since=-1, native=False)
    member = network.members[0]
    pointing = replace(member, observations=(*member.observations, late))
    after = verdicts.judge(make.case(candidate, of=make.network(pointing)))
    assert after.score_bits > verdicts.PROBABLE_BITS
    assert after.verdict is Verdict.CANDIDATE
    assert "began to say after it was there" in after.gate


@many
@given(candidates(), networks(), rarities(), st.data())
def test_i3_holds_for_decoys_and_what_is_borrowed(
    candidate: HostFacts, network: NetworkFacts, rarity: Rarity, data: st.DataObject
) -> None:
    # Who else shows what is no business of the members; what they say is.
    older = data.draw(st.dictionaries(st.sampled_from(PAIRS), st.integers(1, 9), max_size=8))
    theirs = data.draw(st.frozensets(st.sampled_from(PAIRS), max_size=4))
    known = flags.Elsewhere(older, networks=theirs)
    before = verdicts.judge(Case(candidate, doubted(network, known), rarity, make.NOW))
    assume(candidate.observations or candidate.registered_at)
    assume(before.verdict is Verdict.CANDIDATE)
    extra = [data.draw(observations((-20, 0), native=False)) for _ in network.members]
    changed = edited(network, candidate, extra)
    assert doubted(changed, known).decoys == doubted(network, known).decoys
    after = verdicts.judge(Case(candidate, doubted(changed, known), rarity, make.NOW))
    event("with decoys" if doubted(network, known).decoys else "without")
    assert after.verdict is Verdict.CANDIDATE


def doubted(network: NetworkFacts, known: flags.Elsewhere) -> NetworkFacts:
    found = flags.doubts(network, known)
    return replace(network, decoys=found.decoys, borrowed=found.borrowed)


@many
@given(cases(), st.sets(st.sampled_from(MEMBERS)), st.sets(st.sampled_from(PAIRS), max_size=5))
def test_a_doubt_never_speaks_for_a_host(
    case: Case, decoys: set[str], borrowed: set[tuple[str, str]]
) -> None:
    doubtful = replace(
        case.network,
        decoys=dict.fromkeys(decoys, "it differs"),
        borrowed=dict.fromkeys(borrowed, "somebody else's"),
    )
    # An account that only counts against a mirror (own_brand) may speak louder, never for it.
    without, with_doubt = verdicts.judge(case), verdicts.judge(replace(case, network=doubtful))
    assume(without.verdict is Verdict.CANDIDATE)
    assert with_doubt.verdict is Verdict.CANDIDATE


OWN_VALUES = ("ad_id", "analytics_id", "brand", "handle", "icon", "verification_token", "wallet")


def own_bits(case: Case) -> set[tuple[str, str]]:
    """(kind, value) that count for the candidate itself."""
    return {
        (e.kind, e.value)
        for e in weigh(case)
        if e.kind in OWN_VALUES and e.side is Side.CANDIDATE and e.bits > 0
    }


@many
@given(networks(), candidates(), rarities(), st.data())
def test_i3_no_new_member_makes_what_an_older_host_shows_the_networks(
    network: NetworkFacts, candidate: HostFacts, rarity: Rarity, data: st.DataObject
) -> None:
    # People confirm new members for what they are; what else these wear was the older one's.
    assume(network.seeds)
    elder = replace(candidate, registered_at=make.at(-900))
    new = tuple(
        make.host(f"new{n}.test", registered=-60, more=data.draw(observations((-50, 0), True)))
        for n in range(data.draw(st.integers(1, 4)))
    )
    # Names that say nothing, so that only what they show is compared.
    wider = replace(network, members=(*network.members, *new))
    before = own_bits(Case(elder, network, rarity, make.NOW))
    after = own_bits(Case(elder, wider, rarity, make.NOW))
    event("shared" if before else "nothing shared")
    assert after <= before


# ---------------------------------------------------------------- I4


DNS_AND_TLS = frozenset({"nameserver_set", "address", "mail_exchanger", "soa_contact"})


@many
@given(cases(), st.sampled_from([s for s in Availability if s is not Availability.LIVE]))
def test_i4_a_page_that_is_not_live_weighs_nothing(case: Case, state: Availability) -> None:
    shut = replace(case.candidate, availability=state)
    # The dates stay: that the host was there is no page evidence.
    blank = tuple(
        o
        if o.kind in DNS_AND_TLS or o.kind.startswith("certificate_")
        else replace(o, kind="nothing")
        for o in shut.observations
    )
    with_page = verdicts.judge(replace(case, candidate=shut))
    without = verdicts.judge(replace(case, candidate=replace(shut, observations=blank)))
    assert with_page.verdict is Verdict.CANDIDATE
    assert dict(with_page.scores) == pytest.approx(dict(without.scores))


# ---------------------------------------------------------------- I5, I6


@many
@given(cases(), st.integers(1, 1000))
def test_i5_only_counts_of_clusters_are_looked_at(case: Case, others: int) -> None:
    # What strangers show among themselves, however many they are, changes nothing.
    noise = {("handle", f"telegram:stranger{i}"): i for i in range(others % 50)}
    counts = Rarity({**case.rarity.clusters, **noise}, dict(case.rarity.observable))
    assert verdicts.judge(replace(case, rarity=counts)) == verdicts.judge(case)


def shuffled(case: Case, shuffle: Callable[[list[Any]], None]) -> Case:
    """*case* with everything in another order, in objects of its own."""

    def mixed(items: tuple[Any, ...]) -> tuple[Any, ...]:
        copy = list(items)
        shuffle(copy)
        return tuple(copy)

    def host(facts: HostFacts) -> HostFacts:
        return replace(
            facts, observations=mixed(facts.observations), channels=mixed(facts.channels)
        )

    members = mixed(tuple(host(m) for m in case.network.members))
    return replace(
        case,
        candidate=host(case.candidate),
        network=replace(case.network, members=members),
        rarity=Rarity(dict(case.rarity.clusters), dict(case.rarity.observable)),
    )


@many
@given(cases(), st.randoms(use_true_random=False))
def test_i6_the_judgement_depends_on_the_facts_and_not_on_their_order(
    case: Case, random: Any
) -> None:
    first = verdicts.judge(case)
    second = verdicts.judge(shuffled(case, random.shuffle))
    assert first == second
    assert verdicts.digest(first) == verdicts.digest(second)
    assert verdicts.judge(case) == first
