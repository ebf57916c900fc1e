"""The operator's settings."""

from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrorhunt.config import Config, load, with_options
from mirrorhunt.errors import ConfigError


def written(folder: Path, text: str) -> Path:
    file = folder / "mirrorhunt.toml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param('databse_url = "x"', "did you mean 'database_url'?", id="typing error"),
        pytest.param("zzz = 1", "there are: database_url", id="nothing near"),
        pytest.param('source = "x"', "nobody reads 'source'", id="an inner field"),
        pytest.param("[crawl]\nrounds = 1", "nobody reads 'crawl'", id="a table"),
        pytest.param('rounds = "3"', "no whole number", id="text for a number"),
        pytest.param("rounds = 2.5", "no whole number", id="fraction for a whole number"),
        pytest.param("rounds = true", "no whole number", id="yes for a number"),
        pytest.param("rounds = 0", "too small", id="zero"),
        pytest.param("rounds = -1", "too small", id="negative"),
        pytest.param("timeout_s = 0", "too small", id="no time at all"),
        pytest.param("auto_confirm = 1.0", "no share of wrong hosts", id="one in one"),
        pytest.param("timeout_s = nan", "timeout_s", id="not a number"),
        pytest.param("timeout_s = inf", "timeout_s", id="for ever"),
        pytest.param(f"timeout_s = 1{'0' * 400}", "timeout_s", id="more than a float holds"),
        pytest.param("obey_robots = 1", "no yes or no", id="number for yes"),
        pytest.param("nameservers = 1", "no list of texts", id="number for a list"),
        pytest.param("nameservers = [1]", "no list of texts", id="list of numbers"),
        pytest.param("user_agent = 1", "no text", id="number for text"),
        pytest.param("rounds =", "cannot read", id="no TOML"),
        pytest.param("rounds = 1\nrounds = 2", "cannot read", id="said twice"),
    ],
)
def test_what_cannot_be_used_is_named_in_one_line(text: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as error:
        load(written(tmp_path, text), {})

    assert says in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MIRRORHUNT_DATABSE_URL", "x"),
        ("MIRRORHUNT_SOURCE", "x"),
        ("MIRRORHUNT_ROUNDS", "many"),
        ("MIRRORHUNT_ROUNDS", ""),
        ("MIRRORHUNT_TIMEOUT_S", "nan"),
        ("MIRRORHUNT_TIMEOUT_S", "1e999"),
        ("MIRRORHUNT_OBEY_ROBOTS", "maybe"),
    ],
)
def test_a_bad_variable_is_named(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"(?i)" + name.removeprefix("MIRRORHUNT_")):
        load(written(tmp_path, ""), {name: value})


def test_without_a_file_everything_has_a_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert load(None, {}) == Config()
    assert load(None, {}).source == ""


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no configuration file"):
        load(tmp_path / "absent.toml", {})
    with pytest.raises(ConfigError, match="no configuration file"):
        load(None, {"MIRRORHUNT_CONFIG": str(tmp_path / "absent.toml")})


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot read"):
        load(tmp_path, {})


def test_the_environment_goes_before_the_file_and_options_before_both(tmp_path: Path) -> None:
    file = written(tmp_path, "rounds = 1\nconcurrency = 1\ndelay_s = 1")
    config = with_options(
        load(file, {"MIRRORHUNT_CONCURRENCY": "2", "MIRRORHUNT_DELAY_S": "2"}),
        delay_s=3.0,
        vantage=None,
    )

    assert (config.rounds, config.concurrency, config.delay_s) == (1, 2, 3.0)
    assert config.vantage == "default"
    assert config.source == str(file)


@pytest.mark.parametrize(
    "text", ["192.0.2.1,192.0.2.2", "192.0.2.1 192.0.2.2", " 192.0.2.1;\n192.0.2.2 "]
)
def test_a_list_is_separated_as_people_do(text: str, tmp_path: Path) -> None:
    config = load(written(tmp_path, ""), {"MIRRORHUNT_NAMESERVERS": text})

    assert config.nameservers == ("192.0.2.1", "192.0.2.2")


@pytest.mark.parametrize(
    ("text", "expected"), [("1", True), ("TRUE", True), ("yes", True), ("0", False), ("No", False)]
)
def test_yes_and_no_are_read_as_people_write_them(
    text: str, expected: bool, tmp_path: Path
) -> None:
    config = load(written(tmp_path, ""), {"MIRRORHUNT_OBEY_ROBOTS": text})

    assert config.obey_robots is expected


def test_somebody_elses_variables_are_nobodys_business(tmp_path: Path) -> None:
    found = load(written(tmp_path, ""), {"HOME": "/", "MIRRORHUNT_TEST_PG_URL": "x"})

    assert found == Config()


def test_an_option_is_checked_like_a_line_of_the_file() -> None:
    with pytest.raises(ConfigError, match="too small"):
        with_options(Config(), rounds=0)


def test_defaults_pass_their_own_check() -> None:
    assert with_options(Config(), rounds=Config().rounds) == Config()


@given(
    st.sampled_from([f.name.upper() for f in fields(Config) if f.name != "source"]),
    st.text(max_size=30),
)
def test_any_value_is_used_or_refused_in_one_line(name: str, value: str) -> None:
    said = ""
    try:
        load(Path("/dev/null"), {f"MIRRORHUNT_{name}": value})
    except ConfigError as error:
        said = str(error)

    assert "\n" not in said
