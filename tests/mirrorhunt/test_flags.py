"""Members that do not look like their network, and what they borrowed."""

from collections.abc import Iterable, Mapping

import pytest

from mirrorhunt import flags, judging
from mirrorhunt.facts import HostFacts, NetworkFacts
from mirrorhunt.flags import Doubts
from mirrorhunt.model import Verdict
from mirrorhunt.store.sharing import Sharing
from tests import make

CORE = {
    "brand": "films",
    "icon": "sha256:films",
    "analytics_id": "ga:G-FILMS",
    "page_tags": "0" * 16,
}
VICTIM = {
    "brand": "bakery",
    "icon": "sha256:bakery",
    "analytics_id": "ga:G-BAKERY",
    "page_tags": "f" * 16,
    "offers": "player",
}


def shown(members: NetworkFacts, others: Mapping[int, HostFacts]) -> Sharing:
    """What the store would say of *others*."""
    by_value: dict[tuple[str, str], set[int]] = {}
    for id_, host in others.items():
        for o in host.observations:
            if (o.kind, o.value) in members.shown:
                by_value.setdefault((o.kind, o.value), set()).add(id_)
    clusters = {id_: host.registrable_domain for id_, host in others.items()}
    return Sharing({k: frozenset(v) for k, v in by_value.items()}, clusters, {})


def doubted(
    *members: HostFacts,
    others: Iterable[HostFacts] = (),
    clusters: Mapping[int, str] | None = None,
    out: Iterable[str] = (),
    pinned: Iterable[str] = (),
) -> Doubts:
    network = make.network(*members)
    hosts = dict(enumerate(others))
    shared = shown(network, hosts)
    said = flags.elsewhere(
        network,
        shared.hosts,
        {**shared.clusters, **(clusters or {})},
        hosts,
        set(out).__contains__,
    )
    return flags.doubts(network, said, set(pinned))


FILMS = tuple(make.host(f"films{n}.test", CORE, since=-100) for n in (1, 2, 3))
DRESSED = make.host("films4.test", VICTIM, since=-30)
BAKERY = make.host("bakery.example", VICTIM, since=-20, registered=-4000)


def test_a_member_dressed_as_somebody_else_is_a_decoy() -> None:
    found = doubted(*FILMS, DRESSED, others=[BAKERY])

    assert set(found.decoys) == {"films4.test"}
    assert "shares nothing with the other members" in found.decoys["films4.test"]
    assert "1 unrelated site had before" in found.decoys["films4.test"]


def test_several_decoys_of_one_victim_make_no_core() -> None:
    # The patient attack: more members dressed from their first day than there are others.
    dressed = [make.host(f"new{n}.test", VICTIM, since=-30) for n in range(5)]

    assert set(doubted(*FILMS[:2], *dressed, others=[BAKERY]).decoys) == {m.host for m in dressed}


@pytest.mark.parametrize(
    ("member", "others"),
    [
        pytest.param(DRESSED, [], id="nobody else has it: a second brand"),
        # Its mirrors are younger: they have it from the member.
        pytest.param(DRESSED, [make.host("m.example", VICTIM, since=-10)], id="younger ones do"),
        pytest.param(
            DRESSED,
            [make.host("old.example", VICTIM | {"to_redirect": "films4.test"}, since=-300)],
            id="an older one that leads to it",
        ),
        pytest.param(
            make.host("films4.test", VICTIM | {"brand": ("films", "bakery")}, since=-30),
            [BAKERY],
            id="it has the network's name",
        ),
        pytest.param(
            make.host("films4.test", VICTIM | {"page_tags": "0" * 15 + "f"}, since=-30),
            [BAKERY],
            id="it has the network's page",
        ),
        pytest.param(
            make.host("films4.test", VICTIM, since=-30, native=False),
            [BAKERY],
            # What is taken up later establishes nothing as it is.
            id="taken up later",
        ),
        pytest.param(
            make.host("films4.test", {"analytics_id": "ga:G-BAKERY"}, since=-30),
            [BAKERY],
            id="too little to compare",
        ),
        pytest.param(
            DRESSED,
            [make.host(f"shop{n}.example", VICTIM, since=-900) for n in range(9)],
            id="everybody has it: a default",
        ),
    ],
)
def test_a_member_that_may_be_the_network_s_is_no_decoy(
    member: HostFacts, others: list[HostFacts]
) -> None:
    assert doubted(*FILMS, member, others=others).decoys == {}


def test_two_members_that_differ_have_no_core() -> None:
    # Which of them is the decoy, nobody can say.
    assert doubted(FILMS[0], DRESSED, others=[BAKERY]).decoys == {}


def test_what_a_person_said_what_it_is_is_no_decoy() -> None:
    assert doubted(*FILMS, DRESSED, others=[BAKERY], pinned=["films4.test"]).decoys == {}


def test_a_decoy_frames_nobody() -> None:
    network = make.network(*FILMS, DRESSED, seeds=["films1.test", "films4.test"])
    shared = shown(network, {0: BAKERY})
    before = judging.judge_candidates(network, {0: BAKERY}, shared, make.NOW)[0]
    found = doubted(*FILMS, DRESSED, others=[BAKERY])
    network = make.network(*FILMS, DRESSED, seeds=["films1.test", "films4.test"])
    doubted_network = type(network)(
        network.name, network.members, network.seeds, decoys=found.decoys
    )
    after = judging.judge_candidates(doubted_network, {0: BAKERY}, shared, make.NOW)[0]

    # Without the rule a bakery with a player would be on its way: this is what the rule is for.
    assert before.verdict is Verdict.PROBABLE
    assert after.verdict is Verdict.CANDIDATE
    assert any("does not look like the network" in e.because for e in after.evidence)


# ---------------------------------------------------------------- borrowed


SHOP = make.host("shop.example", {"analytics_id": "ga:G-SHOP"}, since=-20, registered=-900)
CAFE = make.host("cafe.example", {"analytics_id": "ga:G-SHOP"}, since=-20, registered=-900)
BORROWER = make.host("films4.test", {**CORE, "analytics_id": "ga:G-SHOP"}, since=-30)
SHOP_KEY = ("analytics_id", "ga:G-SHOP")


def test_an_account_of_two_older_strangers_is_borrowed() -> None:
    found = doubted(*FILMS, BORROWER, others=[SHOP, CAFE])

    assert found.decoys == {}
    assert found.borrowed == {
        SHOP_KEY: "2 unrelated sites had before it, and other members show ga:G-FILMS instead"
    }


@pytest.mark.parametrize(
    "member",
    [
        pytest.param(BORROWER, id="one stranger is perhaps a mirror"),
        pytest.param(
            make.host("films4.test", {**CORE, "analytics_id": "histats:7"}, since=-30),
            id="another system",
        ),
        pytest.param(
            make.host("films4.test", {"analytics_id": ("ga:G-SHOP", "ga:G-FILMS")}, since=-30),
            id="beside the network's own: two accounts",
        ),
    ],
)
def test_an_account_that_conflicts_with_nobody_s_is_not_borrowed(member: HostFacts) -> None:
    others = [SHOP] if member is BORROWER else [SHOP, CAFE]

    assert doubted(*FILMS, member, others=others).borrowed == {}


def test_an_account_of_another_network_is_borrowed() -> None:
    found = doubted(*FILMS, BORROWER, others=[SHOP], clusters={0: "network 2"})

    assert set(found.borrowed) == {SHOP_KEY}


def test_what_a_protected_site_had_before_is_nobody_s() -> None:
    found = doubted(*FILMS, DRESSED, others=[BAKERY], out=["bakery.example"])

    assert found.borrowed.keys() == {
        (kind, value) for kind, value in VICTIM.items() if kind not in {"offers", "page_tags"}
    }


def crowd(host: str, accounts: int) -> HostFacts:
    """A mirror that shows so many accounts of one system, the shop's among them."""
    others = tuple(f"ga:G-VICTIM{n}" for n in range(accounts - 1))
    return make.host(host, {**CORE, "analytics_id": ("ga:G-SHOP", *others)}, since=-100)


@pytest.mark.parametrize(("accounts", "is_borrowed"), [(3, False), (4, True), (5, True)])
def test_accounts_that_stand_in_a_crowd_wherever_they_stand_are_nobody_s(
    accounts: int, is_borrowed: bool
) -> None:
    # Dressed for several victims at once, before anybody looked: nobody shows them older.
    found = doubted(*FILMS, crowd("films4.test", accounts), crowd("films5.test", accounts))

    assert (SHOP_KEY in found.borrowed) is is_borrowed


def test_an_account_that_stands_alone_on_one_member_is_the_network_s() -> None:
    alone = make.host("films6.test", {**CORE, "analytics_id": "ga:G-SHOP"}, since=-100)
    found = doubted(*FILMS, crowd("films4.test", 5), crowd("films5.test", 5), alone)

    assert SHOP_KEY not in found.borrowed


def test_what_is_borrowed_is_shown_and_weighs_nothing() -> None:
    network = make.network(*FILMS, BORROWER, seeds=["films1.test", "films4.test"])
    found = doubted(*FILMS, BORROWER, others=[SHOP, CAFE])
    network = type(network)(network.name, network.members, network.seeds, borrowed=found.borrowed)
    judged = judging.judge_candidates(network, {0: SHOP}, shown(network, {0: SHOP}), make.NOW)[0]

    [account] = [e for e in judged.evidence if e.kind == "analytics_id"]
    assert account.ignored.startswith("2 unrelated sites had before it")
    assert judged.flags == ("borrowed",)
