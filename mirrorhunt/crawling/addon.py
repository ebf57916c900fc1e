"""How the operator's settings get into Scrapy, whoever starts it."""

from scrapy.settings import BaseSettings

from mirrorhunt import config

KEY = "MIRRORHUNT"
"""The setting that holds the `Config`: set by the runner, or read here for ``scrapy crawl``."""
# Not "addon", which is weaker than what `mirrorhunt.settings` says: there it would not arrive.
# What is given with ``scrapy crawl -s`` is stronger still.
_PRIORITY = "project"


class MirrorhuntAddon:
    """Translate a `Config` into Scrapy's settings."""

    def update_settings(self, settings: BaseSettings) -> None:
        """Called by Scrapy before anything is built."""
        found = config_of(settings)
        settings.set(KEY, found, _PRIORITY)
        settings.set("MIRRORHUNT_NAMESERVERS", list(found.nameservers), _PRIORITY)
        settings.set("MIRRORHUNT_CONNECT_TO", list(found.connect_to), _PRIORITY)
        settings.set("MIRRORHUNT_ALLOW_ADDRESSES", list(found.allow_addresses), _PRIORITY)
        settings.set("MIRRORHUNT_VANTAGES", list(found.vantages), _PRIORITY)
        settings.set("USER_AGENT", found.user_agent, _PRIORITY)
        settings.set("ROBOTSTXT_OBEY", found.obey_robots, _PRIORITY)
        settings.set("DOWNLOAD_TIMEOUT", found.timeout_s, _PRIORITY)
        settings.set("DOWNLOAD_DELAY", found.delay_s, _PRIORITY)
        settings.set("CONCURRENT_REQUESTS", max(16, found.concurrency * 2), _PRIORITY)
        headers = dict(settings.getdict("DEFAULT_REQUEST_HEADERS"))
        headers["Accept-Language"] = found.accept_language
        settings.set("DEFAULT_REQUEST_HEADERS", headers, _PRIORITY)


def config_of(settings: BaseSettings) -> config.Config:
    """The operator's settings in *settings*, or those of this process."""
    found = settings.get(KEY)
    if isinstance(found, config.Config):
        return found
    return config.load()
