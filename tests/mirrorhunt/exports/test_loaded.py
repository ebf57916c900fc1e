"""What holds for every format that servers load."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrorhunt.exports import About, Written, formats
from mirrorhunt.names import registrable_domain
from tests.exported import ABOUT, export, row
from tests.hostile_texts import ALL, HOSTILE
from tests.mirrorhunt.exports.never import NEVER

LOADED = (
    "adblock_browser",
    "adblock_dns",
    "dnsmasq",
    "hosts",
    "plain_domains",
    "plain_hosts",
    "rpz",
    "squid",
    "unbound",
)
ROWS = (
    row("films.co.uk"),
    row("films2.example"),
    row("mirror1.pages.dev", scope="host"),
    row("cdn7.shared-host.example", registrable_domain="shared-host.example", scope="host"),
    row("xn--bcher-kva.example"),
)
# A name in a line of any of the formats, with at least one dot in it.
_IN_LINE = re.compile(r"[a-z0-9_](?:[a-z0-9_-]*\.)+[a-z][a-z0-9-]*")


def entries(name: str, data: bytes, about: About = ABOUT) -> list[str]:
    """The lines of a file that are not the same in an empty one."""
    empty, _ = export(name, (), about)
    assert data.startswith(empty)
    return data[len(empty) :].decode("ascii").splitlines()


@pytest.mark.parametrize("name", LOADED)
def test_what_must_not_be_exported_makes_no_line(name: str) -> None:
    rows = [row(bad, scope=scope) for bad in NEVER for scope in ("domain", "host")]
    data, written = export(name, rows)

    assert entries(name, data) == []
    assert written.entries == 0
    assert sum(written.left_out.values()) == len(rows)


@pytest.mark.parametrize("name", LOADED)
@given(hosts=st.lists(st.text(st.characters(), max_size=30) | st.sampled_from(NEVER), max_size=5))
def test_no_text_for_a_name_widens_or_breaks_the_file(name: str, hosts: list[str]) -> None:
    data, _ = export(name, [row(text, scope="domain") for text in hosts])

    for line in entries(name, data):
        found = [n for n in _IN_LINE.findall(line) if registrable_domain(n)]
        assert found
        assert set(found) <= {"0.0.0.0", *hosts}


@pytest.mark.parametrize("name", LOADED)
@pytest.mark.parametrize("text", [*HOSTILE, "a\nserver=/#/", "\r\n.", "||*^", ALL], ids=ascii)
def test_no_text_beside_the_name_reaches_a_line(name: str, text: str) -> None:
    about = replace(ABOUT, feed=text, publisher=text, contact=text, order=text, tlp=text)
    rows = [
        replace(r, network=text, relation=text, verdict=text, techniques=(text,)) for r in ROWS
    ]

    assert entries(name, export(name, rows, about)[0], about) == entries(
        name, export(name, ROWS)[0]
    )
    head = export(name, (), about)[0].decode("ascii")
    assert len(head.splitlines()) == len(head.split("\n")) - 1
    comments = ("# ", "! ")
    rest = [line for line in head.splitlines() if not line.startswith(comments)]
    plain = export(name, (), replace(ABOUT, order="1"))[0].decode().splitlines()
    assert rest == [line for line in plain if not line.startswith(comments)]


@pytest.mark.parametrize("name", LOADED)
def test_the_same_rows_give_the_same_bytes(name: str) -> None:
    assert export(name, ROWS) == export(name, ROWS)


@pytest.mark.parametrize("name", LOADED)
def test_every_row_is_in_the_file_or_counted(name: str) -> None:
    data, written = export(name, ROWS)
    lines = entries(name, data)

    left = {host for host, _ in written.examples}
    for published in ROWS:
        is_there = any(published.host in line for line in lines)
        assert is_there != (published.host in left)
    assert written.entries == len(ROWS) - len(left)


@pytest.mark.parametrize("name", LOADED)
def test_rows_are_not_kept(name: str) -> None:
    class Out:
        """Counts the writes, as a file that never ends would."""

        writes = 0

        def write(self, data: bytes) -> int:
            self.writes += 1
            return len(data)

    out, taken = Out(), 0

    def rows() -> object:
        nonlocal taken
        for number in range(20_000):
            taken += 1
            # Not more than a few chunks ahead of what is written.
            assert taken <= (out.writes + 1) * 5_000
            yield row(f"films{number:05d}.example", scope=scope)

    scope = "host" if name == "plain_hosts" else "domain"
    written = formats[name].write(rows(), out, ABOUT)  # type: ignore[misc,arg-type]

    assert isinstance(written, Written)
    assert (written.entries, taken) == (20_000, 20_000)


def test_the_lists_that_the_public_reads_are_marked() -> None:
    public = {name for name in LOADED if formats[name].is_public}

    assert public == {"adblock_browser", "adblock_dns", "hosts"}


@pytest.mark.parametrize("name", LOADED)
def test_a_file_has_a_name_of_its_own(name: str) -> None:
    own = formats[name].file

    assert Path(own).name == own
    assert [other for other in formats if formats[other].file == own] == [name]


@pytest.mark.parametrize("name", LOADED)
def test_nothing_is_a_file_too(name: str) -> None:
    data, written = export(name, ())

    assert written == Written()
    assert data == b"" or data.endswith(b"\n")
