"""A written file is read again before it is published."""

import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrorhunt.delivering import _programs
from mirrorhunt.delivering.checking import OURSELVES, Checked, check
from mirrorhunt.exports import About, Row, Written, formats
from tests.exported import ABOUT, export, row
from tests.name_servers import find
from tests.needs import lacking

ROWS = (
    row("films.co.uk"),
    row("films2.example"),
    row("cdn7.shared-host.example", registrable_domain="shared-host.example", scope="host"),
    row("my_mirror.example"),
    row("xn--bcher-kva.example"),
)
PROGRAMS = {
    "rpz": "named-checkzone",
    "unbound": "unbound-checkconf",
    "dnsmasq": "dnsmasq",
    "squid": "squid",
}
OTHERS = ("plain_domains", "plain_hosts", "hosts", "adblock_dns", "adblock_browser")
LOADED = (*PROGRAMS, *OTHERS)


def file_of(
    folder: Path, name: str, rows: Iterable[Row] = ROWS, about: About = ABOUT
) -> tuple[Path, Written]:
    data, written = export(name, rows, about)
    file = folder / formats[name].file
    file.write_bytes(data)
    return file, written


def program(name: str) -> str:
    return find(PROGRAMS[name]) or lacking(f"{PROGRAMS[name]} (make servers)")


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has none of the programs."""
    monkeypatch.setattr(_programs, "_SBIN", "/nowhere")
    monkeypatch.setenv("PATH", "/nowhere")


# ---------------------------------------------------------------- what was written is good


@pytest.mark.parametrize("rows", [ROWS, ()], ids=["rows", "none"])
@pytest.mark.parametrize("name", LOADED)
@pytest.mark.usefixtures("alone")
def test_what_was_written_is_good(name: str, rows: tuple[Row, ...], tmp_path: Path) -> None:
    assert check(name, *with_about(file_of(tmp_path, name, rows))) == Checked(OURSELVES, "")


def with_about(made: tuple[Path, Written], about: About = ABOUT) -> tuple[Path, About, Written]:
    return made[0], about, made[1]


@pytest.mark.parametrize("rows", [ROWS, ()], ids=["rows", "none"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_who_loads_it_says_so_too(name: str, rows: tuple[Row, ...], tmp_path: Path) -> None:
    program(name)

    found = check(name, *with_about(file_of(tmp_path, name, rows)))
    assert found == Checked(f"{OURSELVES}, {PROGRAMS[name]}", "")


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_path_is_no_configuration(name: str, tmp_path: Path) -> None:
    program(name)
    folder = tmp_path / 'a "b" #c; *\n'
    folder.mkdir()

    assert check(name, *with_about(file_of(folder, name))).problem == ""


@pytest.mark.parametrize("name", ["csv", "jsonl", "no such format"])
def test_nobody_checks_what_no_server_loads(name: str, tmp_path: Path) -> None:
    assert check(name, tmp_path / "absent", ABOUT, Written()) == Checked("", "")


# ---------------------------------------------------------------- what is broken is not


@pytest.mark.parametrize("name", LOADED)
@pytest.mark.usefixtures("alone")
def test_a_lost_entry_is_noticed(name: str, tmp_path: Path) -> None:
    rows = [row("b.co.uk", scope=s) for s in ("domain", "host")]
    file, written = file_of(tmp_path, name, rows)
    fewer = file_of(tmp_path, name, ())[0]
    assert fewer == file

    problem = check(name, file, ABOUT, written).problem
    assert problem == f"{file.name} has 0 entries, and 1 were written"


@pytest.mark.parametrize(
    "line",
    [
        "\n",
        "co.uk\n",
        "films2.example.\n",
        "FILMS3.example\n",
        "*.films3.example\n",
        "http://films3.example/\n",
        "1.2.3.4\n",
        "bücher.example\n",
        "a..example\n",
        "-a.example\n",
        f"{'a' * 64}.example\n",
        "films3.example ; more\n",
        "films3.example\r\n",
        "films3.example\x00\n",
        "films3.example",
        "a" * 5000,
        "# films3.example\n",
    ],
    ids=lambda line: ascii(line[:30]),
)
@pytest.mark.usefixtures("alone")
def test_a_line_that_is_none_of_ours_is_noticed(line: str, tmp_path: Path) -> None:
    file, written = file_of(tmp_path, "plain_domains")
    with file.open("ab") as more:
        more.write(line.encode())
    written.entries += 1

    found = check("plain_domains", file, ABOUT, written)
    assert found.problem.startswith("domains.txt: line 5 ") or "line 5:" in found.problem
    assert found.problem.isprintable()
    assert len(found.problem) < 200


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("rpz", "*.films2.example CNAME .\n", "*.films3.example CNAME .\n"),
        ("rpz", "*.films2.example CNAME .\n", "*.films2.example. CNAME .\n"),
        ("rpz", "films2.example CNAME .\n", "films2.example CNAME rpz-passthru.\n"),
        ("rpz", "\n@ NS localhost.\n", "\n"),
        ("rpz", "$TTL 60", "$TTL 86400"),
        ("rpz", "serial.mirrorhunt TXT", "$INCLUDE /etc/passwd ;"),
        ("unbound", "always_nxdomain", "transparent"),
        ("unbound", "local-data: ", "local-zone: "),
        ("unbound", "server:\n", ""),
        ("unbound", 'local-zone: "films2.', 'include: "/etc/passwd"\nlocal-zone: "films2.'),
        ("dnsmasq", "server=/films2.example/", "server=/#/"),
        ("dnsmasq", "server=/films2.example/", "server=//"),
        ("dnsmasq", "server=/films2.example/", "server=/films2.example/192.0.2.1"),
        ("hosts", "0.0.0.0 films2", "192.0.2.1 films2"),
        ("hosts", ":: films2.example", ":: films3.example"),
        ("squid", ".films2.example", "films2.example .films2.example"),
        ("squid", ".films2.example\n", ".films2.example\n.films2.example\n"),
        ("adblock_dns", "||films2.example^", "||*^"),
        ("adblock_dns", "||films2.example^", "@@||films2.example^"),
        ("adblock_browser", "|https://", "|ftp://"),
        ("adblock_browser", "||films2.example^$all", "||films2.example^$popup"),
    ],
)
@pytest.mark.usefixtures("alone")
def test_what_was_changed_is_noticed(name: str, old: str, new: str, tmp_path: Path) -> None:
    file, written = file_of(tmp_path, name)
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))

    assert check(name, file, ABOUT, written).problem.startswith(f"{file.name}: ")


@pytest.mark.usefixtures("alone")
def test_a_zone_of_another_serial_is_noticed(tmp_path: Path) -> None:
    file, written = file_of(tmp_path, "rpz")
    later = replace(ABOUT, serial=ABOUT.serial + 1)

    assert "line 3 is" in check("rpz", file, later, written).problem


def test_a_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    found = check("rpz", tmp_path / "rpz.zone", ABOUT, Written())

    assert found == Checked(OURSELVES, "rpz.zone cannot be read: No such file or directory")


@pytest.mark.parametrize("name", LOADED)
@given(data=st.binary(max_size=200))
@pytest.mark.usefixtures("alone")
def test_no_bytes_are_more_than_a_problem(
    name: str, data: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.getbasetemp() / f"any-{name}"
    file.write_bytes(data)

    found = check(name, file, ABOUT, Written(entries=1))
    assert found.problem
    assert found.problem.isprintable()


# ---------------------------------------------------------------- what its own reading lets pass


@pytest.mark.parametrize(
    ("name", "line"),
    [
        pytest.param("rpz", "films3.example. CNAME .\n", id="rpz: an owner with a final dot"),
        pytest.param("rpz", "under_score.example A 192.0.2.1\n", id="rpz: a bad owner"),
        pytest.param("rpz", "films2.example CNAME .\n", id="rpz: a record twice"),
        pytest.param("rpz", f"{'a' * 64}.example CNAME .\n", id="rpz: a long label"),
        pytest.param("unbound", 'local-zone: "a..b." always_nxdomain\n', id="unbound: no label"),
        pytest.param("unbound", "nonsense\n", id="unbound: no directive"),
        pytest.param("dnsmasq", f"server=/{'a' * 64}.example/\n", id="dnsmasq: a long label"),
        pytest.param("squid", "films2.example\n", id="squid: with and without a dot"),
        pytest.param("squid", "www.films2.example\n", id="squid: a child of a domain"),
    ],
)
def test_the_programs_words_are_listened_to(name: str, line: str, tmp_path: Path) -> None:
    program(name)
    file, _ = file_of(tmp_path, name)
    lines = sum(" CNAME " in text for text in file.read_text().splitlines())
    with file.open("a") as more:
        more.write(line)

    said = _programs.ask(name, file, ABOUT, lines + 1, 60)
    assert said is not None
    assert said.problem.startswith(PROGRAMS[name])


def test_records_that_a_zone_lost_are_counted(tmp_path: Path) -> None:
    program("rpz")
    file, _ = file_of(tmp_path, "rpz")
    lines = sum(" CNAME " in text for text in file.read_text().splitlines())

    said = _programs.ask("rpz", file, ABOUT, lines + 1, 60)
    assert said is not None
    assert said.problem == f"named-checkzone took {lines + 4} records of {lines + 5}"


# ---------------------------------------------------------------- programs that fail themselves


def script(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Put a program of that text where named-checkzone is looked for."""
    folder.mkdir(exist_ok=True)
    file = folder / "named-checkzone"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")


def test_one_that_does_not_end_is_stopped_with_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(tmp_path / "bin", monkeypatch, "sleep 600 & wait")
    file, written = file_of(tmp_path, "rpz")

    found = check("rpz", file, ABOUT, written, timeout_s=0.2)
    assert found.problem == "named-checkzone did not end within 0.2 s"


def test_one_that_fails_is_quoted_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(tmp_path / "bin", monkeypatch, r"printf 'one\nlast \033[31m words\n' >&2; exit 7")
    file, written = file_of(tmp_path, "rpz")

    assert check("rpz", file, ABOUT, written).problem == "named-checkzone: last ?[31m words"


def test_one_that_cannot_be_run_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(tmp_path / "bin", monkeypatch, "")
    (tmp_path / "bin" / "named-checkzone").write_bytes(b"\x7fELF nothing of that kind")
    file, written = file_of(tmp_path, "rpz")

    problem = check("rpz", file, ABOUT, written).problem
    assert problem == "named-checkzone cannot be run: Exec format error"


def test_one_that_talks_without_end_takes_no_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = "head -c 30000000 /dev/zero | tr '\\0' 'x'; head -c 30000000 /dev/zero >&2; exit 1"
    script(tmp_path / "bin", monkeypatch, talk)
    file, written = file_of(tmp_path, "rpz")

    assert len(check("rpz", file, ABOUT, written).problem) <= 250
