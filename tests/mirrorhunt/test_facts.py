"""What is derived for the rest of a network is what would be derived for it alone."""

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mirrorhunt import verdicts
from mirrorhunt.evidence import Case
from mirrorhunt.facts import Amended, HostFacts, NetworkFacts, Rarity
from mirrorhunt.model import Availability
from tests import make

SHAPES = [bytes([n] * 32 + [m] * 32).hex() for n in (1, 2) for m in (3, 4)]
TAGS = ["00000000000000ff", "00000000000000fe", "ff00000000000000"]
VALUES = {
    "analytics_id": ["ga:1", "ga:2", "ga:3"],
    "brand": ["films", "goals", "shopping"],
    "icon": ["i1", "i2"],
    "address": ["192.0.2.1", "192.0.2.2"],
    "nameserver_set": ["a.ns.test,b.ns.test"],
    "wallet": ["btc:1", "btc:2"],
    "asset_path": [f"/p/{n}.js" for n in range(7)],
    "page_shape": SHAPES,
    "page_tags": TAGS,
    "certificate_names": ["films0.example", "films1.example", "other.example"],
    "offers": ["player", "schedule"],
    "to_redirect": ["films0.example", "films1.example", "new.example"],
    "to_announcement": ["films1.example", "films2x.example"],
    "to_link": ["films0.example", "www.films1.example"],
}
NAMES = (
    *("films0.example", "films1.example", "www.films1.example", "films2x.example"),
    *("goals.example", "a.goals.example", "unblockfilms.example", "films7.example"),
)
KEYS = sorted((kind, value) for kind, values in VALUES.items() for value in values)
SEEN = st.builds(
    lambda key, region, since, lasts, native: make.seen(
        key[0], key[1], region, since=since, until=since + lasts, native=native
    ),
    st.sampled_from(KEYS),
    st.sampled_from(["body", "template", "comments"]),
    st.integers(-30, -1),
    st.integers(0, 20),
    st.booleans(),
)


@st.composite
def networks(draw: Any) -> NetworkFacts:
    names = draw(st.lists(st.sampled_from(NAMES), min_size=2, unique=True))
    members = tuple(draw(members_named(name)) for name in names)
    some = st.frozensets(st.sampled_from(names), max_size=2)
    borrowed = draw(st.frozensets(st.sampled_from(KEYS), max_size=1))
    return NetworkFacts(
        "films",
        members,
        draw(some),
        decoys=dict.fromkeys(draw(some), "strange"),
        borrowed=dict.fromkeys(borrowed, "somebody's"),
        guests=draw(some),
    )


@st.composite
def members_named(draw: Any, name: str) -> HostFacts:
    observations = draw(st.lists(SEEN, max_size=25))
    # As in the store: one row for each kind, value and region.
    kept = {(o.kind, o.value, o.region): o for o in observations}
    made = make.host(
        name,
        availability=draw(st.sampled_from([Availability.LIVE, Availability.DEAD])),
        registered=draw(st.none() | st.integers(-900, -800)),
        more=[kept[key] for key in sorted(kept)],
    )
    return replace(made, registrar=draw(st.sampled_from(["", "R. Inc.", "r inc"])))


@settings(max_examples=300)
@given(networks(), st.dictionaries(st.sampled_from(KEYS), st.integers(0, 9)))
def test_a_member_is_judged_by_the_others_as_if_it_had_never_been_one(
    network: NetworkFacts, clusters: dict[tuple[str, str], int]
) -> None:
    rarity = Rarity(clusters, {"asset_path": 50, "brand": 9})
    for member in network.members:
        others = tuple(m for m in network.members if m is not member)
        alone = replace(network, members=others, seeds=network.seeds - {member.host})
        rest = network.without(member.host)

        assert rest.rest_of is not None
        assert alone.rest_of is None
        assert rest.established == alone.established
        assert rest.speaking == alone.speaking
        assert dict(rest.shown) == dict(alone.shown)
        judged = verdicts.judge(Case(member, rest, rarity, make.NOW))
        assert judged == verdicts.judge(Case(member, alone, rarity, make.NOW))
        # And it is what the whole network says of it.
        assert judged == verdicts.judge(Case(member, network, rarity, make.NOW))


def test_an_amended_mapping_differs_where_it_was_told_to() -> None:
    whole = {"a": 1, "b": 2, "c": 3}
    amended = Amended(whole, {"b", "c", "d"}, lambda value, key: None if key == "c" else value * 9)

    assert dict(amended) == {"a": 1, "b": 18}
    assert (len(amended), "c" in amended, "d" in amended) == (2, False, False)
