"""`mirrorhunt hunt`, as far as it comes without a network."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from mirrorhunt.cli.hunt import Hunt, Said, _own_bound
from mirrorhunt.config import Config
from mirrorhunt.crawling.runner import Crawled
from mirrorhunt.store import hosts, runs
from tests import stored
from tests.mirrorhunt.cli.conftest import Run


@pytest.mark.parametrize(
    ("seed", "says"),
    [
        pytest.param("192.0.2.7", "is an address", id="address"),
        pytest.param("2001:db8::1", "is an address", id="IPv6"),
        pytest.param("https://films.example/a", "did you mean 'films.example'?", id="URL"),
        pytest.param("films", "is a suffix missing?", id="single label"),
        pytest.param("co.uk", "is a public suffix", id="public suffix"),
        pytest.param("films.cmo", "a typing error?", id="typing error"),
        pytest.param("wikipedia.org", "protected", id="protected"),
        pytest.param("f\u202eilms.example", "no host name", id="direction override"),
        pytest.param("x" * 5000 + ".example", "no host name", id="5,000 characters"),
    ],
)
def test_a_bad_seed_is_one_line_and_leaves_nothing(
    seed: str, says: str, run: Run, engine: Engine
) -> None:
    ended = run("hunt", seed, "--yes")

    assert ended.code == 2
    assert ended.out == ""
    assert ended.line.startswith("mirrorhunt: seed")
    assert says in ended.line
    assert stored.counts(engine)["hosts"] == 0


def test_a_seed_in_another_alphabet_is_no_fault(run: Run, engine: Engine) -> None:
    # The lock is the first thing after the seeds were checked.
    with runs.lock(engine):
        ended = run("hunt", "bücher.example", "--yes")

    assert ended.code == 4


def test_a_lock_that_is_held_is_exit_code_four(run: Run, engine: Engine) -> None:
    with runs.lock(engine):
        ended = run("hunt", "films1.example", "--yes")

    assert (ended.code, ended.out) == (4, "")
    assert "another run holds the lock" in ended.line


def test_files_that_cannot_be_read_are_one_line(run: Run, tmp_path: Path) -> None:
    for option in ("--candidates", "--protect"):
        ended = run("hunt", "films1.example", "--yes", option, str(tmp_path / "absent.txt"))
        assert ended.code == 2
        assert "absent.txt" in ended.line


def test_a_seed_that_the_operator_protects_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "ours.txt").write_text("films1.example # our own\n")
    ended = run("hunt", "films1.example", "--yes", "--protect", "ours.txt")

    assert ended.code == 2
    assert "protected: our own" in ended.line


@pytest.mark.parametrize("option", ["--rounds", "--budget"])
def test_a_number_must_be_one(option: str, run: Run) -> None:
    for value in ("0", "-1", "many"):
        assert run("hunt", "films1.example", option, value).code == 2


def test_no_seed_is_a_usage_error(run: Run) -> None:
    assert run("hunt").code == 2


def test_a_source_that_there_is_not_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIRRORHUNT_SOURCES", "crt_sh crtsh")
    ended = run("hunt", "films1.example", "--yes")

    assert ended.code == 2
    assert "no source 'crtsh'; there are: cert_spotter, crt_sh, rdap_org" in ended.line


def test_a_feed_that_cannot_be_read_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIRRORHUNT_NAME_FEEDS", "gone.txt")
    ended = run("hunt", "films1.example", "--yes")

    assert (ended.code, ended.out) == (2, "")
    assert "cannot read 'gone.txt'" in ended.line


# ---------------------------------------------------------------- what is said at the end


def hunt(engine: Engine, said: Said | None = None) -> Hunt:
    config = Config(database_url=engine.url.render_as_string(hide_password=False))
    return Hunt(config, ["films1.example"], "films", None, said)


@pytest.mark.parametrize(
    ("absent", "line"),
    [
        (("crt_sh",), "not asked: the source crt_sh does not exist in this DNS"),
        (
            ("rdap_org", "crt_sh", "cert_spotter"),
            "not asked: the sources cert_spotter, crt_sh, rdap_org do not exist in this DNS",
        ),
    ],
)
def test_all_sources_that_do_not_exist_are_named_in_one_line(
    absent: tuple[str, ...], line: str, engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    stats = {f"mirrorhunt/source_absent/{name}": 1 for name in absent}

    assert hunt(engine)._code(Crawled("finished", (), stats)) == 0
    assert capsys.readouterr().err.splitlines() == [line]


@pytest.mark.parametrize(
    ("setting", "asked", "kept"),
    [
        pytest.param(0.0, True, 0.01, id="asked for here alone"),
        pytest.param(0.0, False, 0.0, id="never"),
        pytest.param(0.02, False, 0.0, id="never here"),
        # Whoever makes the settings stricter means this network too.
        pytest.param(0.02, True, None, id="as the settings say"),
    ],
)
def test_what_was_said_of_confirming_is_kept_for_the_network(
    setting: float, asked: bool, kept: float | None, engine: Engine
) -> None:
    stored.begun(engine)
    said = Said(_own_bound(Config(auto_confirm=setting), asked))

    hunt(engine, said)._keep_auto_confirm()

    with engine.begin() as connection:
        network = hosts.find_network_id(connection, "films")
        assert hosts.auto_confirm(connection, network) == kept


def test_nothing_is_kept_where_nothing_was_said_or_nothing_is_there(engine: Engine) -> None:
    # A hunt that fails at its first question leaves no network.
    hunt(engine, Said(0.01))._keep_auto_confirm()
    assert stored.counts(engine)["networks"] == 0

    stored.begun(engine)
    with engine.begin() as connection:
        hosts.set_auto_confirm(connection, hosts.find_network_id(connection, "films"), 0.05)
    hunt(engine)._keep_auto_confirm()

    with engine.begin() as connection:
        network = hosts.find_network_id(connection, "films")
        assert hosts.auto_confirm(connection, network) == 0.05
