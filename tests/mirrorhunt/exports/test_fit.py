"""Which rows a server may be given: one bad line must never leave the building."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrorhunt.exports import HOST, Row, Written
from mirrorhunt.exports._fit import fitting, heading, one_line, unfit
from mirrorhunt.names import find_host, registrable_domain
from tests.exported import ABOUT, row
from tests.mirrorhunt.exports.never import NEVER


def host(name: str, registrable: str) -> Row:
    return row(name, registrable_domain=registrable, scope="host")


def kept(*rows: Row, **how: object) -> tuple[list[str], Written]:
    written = Written()
    fit = fitting(rows, written, **how)  # type: ignore[arg-type]  # The caller knows them.
    return [r.host for r in fit], written


@pytest.mark.parametrize("scope", ["domain", "host"])
@pytest.mark.parametrize("name", NEVER, ids=ascii)
def test_what_is_no_name_to_block_is_left_out(name: str, scope: str) -> None:
    there, written = kept(row(name, scope=scope))

    assert there == []
    assert written.entries == 0
    assert sum(written.left_out.values()) == 1
    assert written.examples[0][0] == name


@pytest.mark.parametrize(
    "name",
    [
        "films2.example",
        "films.co.uk",
        "xn--bcher-kva.example",
        "my_mirror.example",
        "r3---sn-4g5e.example",
        "0x7f.example",
        "123.example",
        "mirror1.pages.dev",
        f"{'a' * 63}.example",
    ],
)
def test_what_somebody_registered_is_kept(name: str) -> None:
    assert kept(row(name))[0] == [name]


@pytest.mark.parametrize(
    "name", ["cdn.films.example", "_stream.films.example", "a.b.c.films.co.uk"]
)
def test_what_is_below_it_is_kept_as_a_host_alone(name: str) -> None:
    registrable = registrable_domain(name) or ""

    assert kept(host(name, registrable))[0] == [name]
    assert kept(row(name))[1].left_out == {"not what somebody registered": 1}


def test_a_name_below_which_strangers_register_is_no_domain() -> None:
    # s3.amazonaws.com is a public suffix: its neighbours are not the platform's own.
    assert unfit(row("amazonaws.com")) == "strangers register below it"
    assert unfit(row("amazonaws.com", scope="host")) is None


@pytest.mark.parametrize("scope", ["", "Domain", "subtree", "domain\n"], ids=ascii)
def test_what_has_neither_scope_is_left_out(scope: str) -> None:
    assert kept(row(scope=scope))[1].left_out == {"no scope": 1}


def test_a_child_of_a_listed_domain_is_left_out() -> None:
    # a.b.big.example would be an empty non-terminal's child: b.big.example would resolve again.
    there, written = kept(
        row("big.example"),
        host("a.b.big.example", "big.example"),
        host("b.big.example", "big.example"),
        row("notbig.example"),
        host("www.notbig2.example", "notbig2.example"),
    )

    assert there == ["big.example", "notbig.example", "www.notbig2.example"]
    assert written.left_out == {"below a listed domain": 2}


def test_a_child_stays_where_a_domain_is_its_name_alone() -> None:
    rows = (row("big.example"), host("www.big.example", "big.example"))

    assert kept(*rows, collapses=False)[0] == ["big.example", "www.big.example"]


def test_a_child_stays_where_its_parent_cannot_be_said() -> None:
    rows = (row("big.example"), host("www.big.example", "big.example"))
    there, written = kept(*rows, scopes=frozenset({HOST}))

    assert there == ["www.big.example"]
    assert written.left_out == {"scope domain cannot be said": 1}


def test_a_host_of_two_networks_is_one_name() -> None:
    there, written = kept(row(network="films"), row(network="goal"))

    assert there == ["films2.example"]
    assert (written.entries, written.left_out) == (1, {})


def test_a_name_has_the_room_that_the_format_has() -> None:
    rows = (row("a234567.example"), host("a23456789.example", "a23456789.example"))

    assert kept(*rows, max_chars=17, domain_max_chars=15)[0] == [r.host for r in rows]
    assert kept(*rows, max_chars=16, domain_max_chars=14)[0] == []


_LABELS = st.sampled_from(["a", "b", "www", "big", "films2", "_x", "xn--bcher-kva", "*", "", "B"])
_NAMES = st.lists(_LABELS, max_size=5).map(lambda labels: ".".join([*labels, "example"]))
_ROWS = st.lists(
    st.builds(
        lambda name, scope: row(name, scope=scope, registrable_domain=registrable_domain(name)),
        _NAMES | st.text(max_size=20),
        st.sampled_from(["domain", "host", "both"]),
    ),
    max_size=12,
).map(
    lambda rows: sorted(
        rows, key=lambda r: (r.registrable_domain or "", r.scope != "domain", r.host)
    )
)


@given(_ROWS)
def test_every_row_is_kept_or_counted_and_none_is_made_up(rows: list[Row]) -> None:
    there, written = kept(*rows)

    twice = len(rows) - len(there) - sum(written.left_out.values())
    assert len(there) == written.entries
    assert 0 <= twice <= len(rows) - len({r.host for r in rows})
    assert set(there) <= {r.host for r in rows}


@given(_ROWS)
def test_what_is_kept_is_a_name_and_nothing_is_below_a_listed_domain(rows: list[Row]) -> None:
    written = Written()
    there = list(fitting(rows, written))
    domains = [r.host for r in there if r.scope == "domain"]

    assert all(find_host(r.host) == r.host and registrable_domain(r.host) for r in there)
    assert not [r.host for r in there for d in domains if r.host.endswith(f".{d}")]
    assert len({r.host for r in there}) == len(there)


@given(st.text(st.characters()))
def test_one_line_is_printable_ascii(text: str) -> None:
    line = one_line(text)

    assert all(" " <= c <= "~" for c in line)
    assert len(line) <= 300


def test_a_heading_says_whose_it_is() -> None:
    assert heading(ABOUT, "#", "more") == (
        "# mirrorhunt feed films, serial 1795464000, TLP:AMBER\n"
        "# written 2026-11-01T12:00:00Z, valid for 7 days\n"
        "# published by Example Rights a@b.example\n"
        "# more\n"
    )
