"""The operator's settings in Scrapy's, and what is switched off there."""

from pathlib import Path

import pytest
from scrapy.settings import BaseSettings, Settings

from mirrorhunt.config import Config
from mirrorhunt.crawling.addon import KEY, MirrorhuntAddon, config_of
from mirrorhunt.crawling.runner import own_settings


def applied(config: Config) -> BaseSettings:
    settings = own_settings(config)
    MirrorhuntAddon().update_settings(settings)
    return settings


def test_what_the_operator_sets_arrives() -> None:
    settings = applied(
        Config(
            user_agent="us",
            accept_language="pt",
            timeout_s=3.0,
            delay_s=0.25,
            concurrency=200,
            obey_robots=True,
            nameservers=("192.0.2.53",),
            connect_to=("::127.0.0.1:8080",),
            allow_addresses=("127.0.0.0/8",),
        )
    )

    assert settings["USER_AGENT"] == "us"
    assert settings.getdict("DEFAULT_REQUEST_HEADERS")["Accept-Language"] == "pt"
    assert settings.getfloat("DOWNLOAD_TIMEOUT") == 3.0
    assert settings.getfloat("DOWNLOAD_DELAY") == 0.25
    assert settings.getint("CONCURRENT_REQUESTS") == 400
    assert settings.getbool("ROBOTSTXT_OBEY")
    assert settings.getlist("MIRRORHUNT_NAMESERVERS") == ["192.0.2.53"]
    assert settings.getlist("MIRRORHUNT_CONNECT_TO") == ["::127.0.0.1:8080"]
    assert settings.getlist("MIRRORHUNT_ALLOW_ADDRESSES") == ["127.0.0.0/8"]


def test_what_is_given_for_one_crawl_is_stronger() -> None:
    settings = own_settings(Config(user_agent="us"))
    settings.set("USER_AGENT", "by hand", "cmdline")
    MirrorhuntAddon().update_settings(settings)

    assert settings["USER_AGENT"] == "by hand"


def test_a_spider_run_by_hand_reads_the_settings_of_its_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mirrorhunt.toml").write_text("rounds = 3\n")

    assert config_of(Settings()).rounds == 3
    assert config_of(Settings({KEY: Config(rounds=4)})).rounds == 4


@pytest.mark.parametrize(
    "name",
    [
        # Each would reach the network past the guard, or open a door.
        "REMOTE_CONTROL_ENABLED",
        "TELNETCONSOLE_ENABLED",
        "COOKIES_ENABLED",
        "HTTPPROXY_ENABLED",
        "REDIRECT_ENABLED",
        "METAREFRESH_ENABLED",
        "RETRY_ENABLED",
    ],
)
def test_what_goes_past_the_guard_is_off(name: str) -> None:
    assert applied(Config()).getbool(name) is False


def test_only_web_addresses_are_downloaded() -> None:
    handlers = applied(Config()).getwithbase("DOWNLOAD_HANDLERS")

    assert {scheme for scheme, handler in handlers.items() if handler is not None} == {
        "http",
        "https",
    }
    assert len({handlers["http"], handlers["https"]}) == 1


def test_somebody_elses_project_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCRAPY_SETTINGS_MODULE", "theirs.settings")
    (tmp_path / "scrapy.cfg").write_text("[settings]\ndefault = theirs.settings\n")

    assert own_settings(Config())["BOT_NAME"] == "mirrorhunt"
