"""What was found of each sort of host, and what it was called."""

from mirrorhunt.lab.score import THRESHOLDS, score
from mirrorhunt.lab.score_sorts import Said, Sorted, rows, said_of, sort_out
from mirrorhunt.lab.world import Host, Truth, World

BOTH = frozenset({"mirror", "operator"})
OPERATOR, MIRROR = frozenset({"operator"}), frozenset({"mirror"})
HOSTS = (
    Host("seed.example", Truth("live", "member", "films", BOTH)),
    Host("a.example", Truth("live", "member", "films", BOTH)),
    Host("gone.example", Truth("dead", "member", "films", BOTH)),
    Host("brand.example", Truth("live", "member", "films", OPERATOR)),
    Host("panel.example", Truth("live", "member", "films", OPERATOR)),
    Host("copy.example", Truth("live", "proxy", "films", MIRROR)),
    # Somebody else's copy of somebody else.
    Host("other.example", Truth("live", "farm_of_others", "index1", MIRROR)),
)
WORLD = World(
    "films", 0, network="films", seeds=("seed.example",), hosts={h.name: h for h in HOSTS}
)
REPORTED: dict[str, dict[str, object]] = {
    "seed.example": {"verdict": "confirmed", "relation": "mirror"},
    "a.example": {"verdict": "confirmed", "relation": "mirror"},
    "brand.example": {"verdict": "probable", "relation": "operator"},
    "panel.example": {"verdict": "candidate", "relation": "operator"},
    "copy.example": {"verdict": "probable", "relation": "proxy"},
    "other.example": {"verdict": "probable", "relation": "proxy"},
}
LIKELY = REPORTED.keys() - {"panel.example"}


def test_each_sort_is_counted_at_each_threshold_without_seeds_and_what_is_not_live() -> None:
    found = sort_out(WORLD, WORLD.domains, REPORTED, THRESHOLDS, ("seed.example",))

    assert {(s.sort, s.threshold): (s.found, s.wanted) for s in found} == {
        ("the operator's mirrors", "confirmed"): (1, 1),
        ("the operator's mirrors", "probable"): (1, 1),
        ("the operator's mirrors", "candidate"): (1, 1),
        ("the operator's other hosts", "confirmed"): (0, 2),
        ("the operator's other hosts", "probable"): (1, 2),
        ("the operator's other hosts", "candidate"): (2, 2),
        ("mirrors by others", "confirmed"): (0, 1),
        ("mirrors by others", "probable"): (1, 1),
        ("mirrors by others", "candidate"): (1, 1),
    }


def test_what_is_of_the_network_is_told_apart_by_what_it_was_called() -> None:
    assert said_of(WORLD, WORLD.domains, REPORTED, set(LIKELY)) == (
        Said("member (mirror, operator)", "mirror", 2),
        Said("member (operator)", "operator", 1),
        Said("proxy (mirror)", "proxy", 1),
    )


def test_the_table_has_a_row_for_each_sort_and_one_for_each_kind() -> None:
    shown = rows(
        [Sorted("mirrors by others", "probable", 7, 25)],
        [Said("proxy (mirror)", "mirror", 5), Said("proxy (mirror)", "proxy", 2)],
    )

    assert shown == [
        ("mirrors by others at probable", "7 of 25"),
        ("proxy (mirror) called", "mirror 5, proxy 2"),
    ]


def test_the_score_shows_them() -> None:
    given = [{"host": host, **row} for host, row in REPORTED.items()]

    table = dict(score(WORLD, given, ()).as_table())

    assert table["the operator's other hosts at probable"] == "1 of 2"
    assert table["member (operator) called"] == "operator 1"
    assert table["wrong at probable: farm_of_others"] == "1 (other.example)"
