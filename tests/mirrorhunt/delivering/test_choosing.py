"""A snapshot beside what stands: whatever they are, one pass finds what sets would."""

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from mirrorhunt.delivering.choosing import choose
from mirrorhunt.exports import Row
from mirrorhunt.store.deliveries import Entry
from tests import make
from tests.exported import row

# Neighbours in any order of letters that a database could have: hyphens, digits, what is below.
HOSTS = st.sampled_from(
    [
        *("films.example", "films-2.example", "films2.example", "films.co.uk", "fil.ms"),
        *("a.films.example", "z.films.example", "a.films2.example", "films.github.io"),
    ]
)
NETWORKS = st.sampled_from(["films", "goals"])


def key(of: Row | Entry) -> tuple[str, bool, str]:
    return (of.registrable_domain, of.host != of.registrable_domain, of.host)


def chosen_row(host: str, network: str) -> Row:
    domain = {"a": 1, "z": 1}.get(host.partition(".")[0])
    registered = host.partition(".")[2] if domain else host
    is_whole = registered == host and host != "films.github.io"
    return row(
        host,
        registrable_domain=registered,
        network=network,
        scope="domain" if is_whole else "host",
    )


def entry(number: int, host: str, network: str) -> Entry:
    of = chosen_row(host, network)
    assert of.last_verified is not None
    assert of.valid_until is not None
    return Entry(
        id=number,
        host=host,
        registrable_domain=of.registrable_domain,
        scope=of.scope,
        network=network,
        relation=of.relation,
        verdict=of.verdict,
        availability=of.availability,
        score_bits=of.score_bits,
        reviewed_by=(),
        first_seen=of.first_seen,
        last_verified=of.last_verified,
        valid_until=make.at(7),
        since_id=1,
        until_id=None,
        reason="",
        because="",
    )


@given(
    st.sets(st.tuples(HOSTS, NETWORKS), max_size=12),
    st.dictionaries(HOSTS, NETWORKS, max_size=9),
)
def test_one_pass_finds_what_sets_would(
    found: set[tuple[str, str]], stood: dict[str, str]
) -> None:
    rows = sorted((chosen_row(*f) for f in found), key=lambda r: (key(r), r.network))
    stands = sorted((entry(n, *s) for n, s in enumerate(stood.items())), key=key)
    with tempfile.TemporaryDirectory() as folder:
        chosen = choose(enumerate(rows), stands, Path(folder))
        now = {r.host: r.network for _, r in chosen.rows()}
        opened = {r.host for r in chosen.opened()}
        closed = {host: is_changed for _, host, is_changed in chosen.closed()}

    whole = {r.host for r in rows if r.scope == "domain"}
    hosts = {r.host for r in rows}
    assert set(now) == {h for h in hosts if not any(h != w and h.endswith(f".{w}") for w in whole)}
    assert {h for h, changed in closed.items() if not changed} == set(stood) - set(now)
    changed = {h for h in set(now) & set(stood) if now[h] != stood[h]}
    assert {h for h, is_changed in closed.items() if is_changed} == changed
    assert opened == (set(now) - set(stood)) | changed
    assert (chosen.entries, chosen.added) == (len(now), len(set(now) - set(stood)))
    assert (chosen.changed, chosen.withdrawn) == (len(changed), len(set(stood) - set(now)))


def test_of_several_networks_the_strongest_verdict_stands(tmp_path: Path) -> None:
    rows = [
        row("films2.example", network="a", verdict="probable", score_bits=9.0),
        row("films2.example", network="b", verdict="confirmed", score_bits=1.0),
        row("films2.example", network="c", verdict="confirmed", score_bits=2.0),
    ]

    [(id_, one)] = choose(enumerate(rows), (), tmp_path).rows()

    assert (id_, one.network) == (2, "c")


def test_what_comes_out_is_what_went_in(tmp_path: Path) -> None:
    given_row = row("films2.example", reviewed_by=("ann", "bob"), evidence=(), techniques=())

    [(_, read)] = choose([(1, given_row)], (), tmp_path).rows()

    assert read == given_row
