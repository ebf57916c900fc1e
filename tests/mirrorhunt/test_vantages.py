"""Vantages as an operator writes them."""

from pathlib import Path
from typing import Any

import pytest

from mirrorhunt import config, vantages
from mirrorhunt.errors import ConfigError
from mirrorhunt.vantages import Vantage


def _loaded(tmp_path: Path, text: str, **environ: str) -> config.Config:
    file = tmp_path / "mirrorhunt.toml"
    file.write_text(text, encoding="utf-8")
    return config.load(file, environ)


def test_a_table_is_a_vantage(tmp_path: Path) -> None:
    found = _loaded(
        tmp_path,
        """
        look_from = ["rome"]
        [vantages.rome]
        nameservers = ["192.0.2.53", "192.0.2.54:5353"]
        proxy = "socks5://user:secret@proxy.example:1080"
        country = "IT"
        language = "it"
        kind = "residential"
        [vantages.lisbon]
        nameservers = "192.0.2.55"
        """,
    )

    assert [v.name for v in found.vantages] == ["rome", "lisbon"]
    assert found.vantages[0].nameservers == ("192.0.2.53", "192.0.2.54:5353")
    assert found.vantages[1].nameservers == ("192.0.2.55",)
    assert found.look_from == ("rome",)
    # Options leave them as they are.
    assert config.with_options(found, rounds=3).vantages == found.vantages


def test_a_password_is_not_shown() -> None:
    vantage = Vantage("rome", proxy="socks5://user:secret@proxy.example:1080")
    assert vantage.proxy_shown == "socks5://proxy.example:1080"


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        pytest.param(7, "no set of", id="no tables"),
        pytest.param({"rome": 7}, "vantages.rome: 7", id="no table"),
        pytest.param({"": {}}, "no name", id="nameless"),
        # A comma separates names where they are listed.
        pytest.param({"a,b": {}}, "'a,b'", id="comma"),
        pytest.param({"x" * 41: {}}, "1 to 40", id="long"),
        pytest.param({"rome": {"resolver": "x"}}, "nobody reads 'resolver'", id="unknown key"),
        pytest.param({"rome": {"kind": "submarine"}}, "kind 'submarine'", id="kind"),
        pytest.param({"rome": {"country": "Italy"}}, "two letters", id="country"),
        pytest.param({"rome": {"nameservers": [1]}}, "no list of texts", id="list"),
        pytest.param({"rome": {"language": "it\r\nX: y"}}, "on one line", id="header injection"),
        pytest.param({"rome": {"proxy": "ftp://p.example:1"}}, "socks5://", id="scheme"),
        pytest.param({"rome": {"proxy": "http://p.example"}}, "not of the form", id="no port"),
        pytest.param({"rome": {"proxy": "http://[::1"}}, "not of the form", id="garbage"),
    ],
)
def test_what_is_no_vantage_is_refused(tables: Any, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        vantages.read(tables)
    assert said in str(caught.value)


def test_a_refusal_does_not_tell_the_password() -> None:
    with pytest.raises(ConfigError) as caught:
        vantages.read({"rome": {"proxy": "smtp://user:secret@p.example:25"}})
    assert "secret" not in str(caught.value)


def test_to_look_from_where_there_is_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="'paris' is not configured; there are: rome"):
        _loaded(tmp_path, "look_from = ['paris']\n[vantages.rome]\n")


def test_the_environment_holds_no_tables(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="tables in"):
        _loaded(tmp_path, "", MIRRORHUNT_VANTAGES="rome")
