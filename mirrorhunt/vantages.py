"""Where we look from: named vantages of the operator's configuration.

What a host shows depends on who asks: blocked by one country's providers, open to the people of
another. A vantage is a resolver, a way out, a language and a name; what is seen from it is stored
under that name and believed of that place alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlsplit

from mirrorhunt.errors import ConfigError

MAX_NAME_CHARS = 40
KINDS = ("dc", "residential", "isp", "tor")
_TAKEN = frozenset({"manual"})
_SCHEMES = ("http", "socks5", "socks4")
_MAX_TEXT_CHARS = 300


@dataclass(frozen=True, slots=True)
class Vantage:
    """One place to look from. What it leaves empty is as for the default."""

    name: str
    nameservers: tuple[str, ...] = ()
    """Resolvers to ask, ``ADDRESS`` or ``ADDRESS:PORT``."""
    proxy: str = ""
    """``http://``, ``socks5://`` or ``socks4://`` with a port; it is asked to connect to
    addresses that the guard has passed, and never to names."""
    country: str = ""
    """Two letters (ISO 3166-1), where the way out is in one."""
    language: str = ""
    """Sent as Accept-Language."""
    user_agent: str = ""
    kind: str = ""
    """``dc``, ``residential``, ``isp`` or ``tor``."""

    @property
    def proxy_shown(self) -> str:
        """The proxy without its password, for people."""
        parts = urlsplit(self.proxy)
        return f"{parts.scheme}://{parts.hostname}:{parts.port}" if self.proxy else ""


_LISTS = frozenset({"nameservers"})
_KEYS = tuple(f.name for f in fields(Vantage) if f.name != "name")


def read(tables: object) -> tuple[Vantage, ...]:
    """The vantages of ``[vantages.NAME]`` tables, in their order. Raises ConfigError."""
    if not isinstance(tables, Mapping):
        raise ConfigError(f"vantages: {tables!r} is no set of [vantages.NAME] tables")
    return tuple(_read(str(name), table) for name, table in tables.items())


def _read(name: str, table: object) -> Vantage:
    if not 0 < len(name) <= MAX_NAME_CHARS or not name.isprintable() or set(name) & set(", "):
        raise ConfigError(
            f"vantages: {name[:60]!r} is no name: 1 to {MAX_NAME_CHARS} characters without spaces "
            "and commas"
        )
    if name in _TAKEN:
        raise ConfigError(f"vantages: {name!r} is what a person brings in; take another name")
    if not isinstance(table, Mapping):
        raise ConfigError(f"vantages.{name}: {table!r} is no table; there are: {', '.join(_KEYS)}")
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in _KEYS:
            raise ConfigError(
                f"vantages.{name}: nobody reads {key!r}; there are: {_listed(_KEYS)}"
            )
        values[key] = _texts(name, key, value) if key in _LISTS else _text(name, key, value)
    vantage = Vantage(name, **values)
    if vantage.kind and vantage.kind not in KINDS:
        raise ConfigError(f"vantages.{name}: kind {vantage.kind!r}; there are: {_listed(KINDS)}")
    if vantage.country and (len(vantage.country) != 2 or not vantage.country.isalpha()):
        raise ConfigError(
            f"vantages.{name}: country {vantage.country!r} is not two letters, such as 'IT'"
        )
    _check_proxy(vantage)
    return vantage


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(words)


def _text(name: str, key: str, value: object) -> str:
    if not isinstance(value, str) or len(value) > _MAX_TEXT_CHARS or not value.isprintable():
        raise ConfigError(f"vantages.{name}: {key} {value!r} is no text on one line")
    return value


def _texts(name: str, key: str, value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = value.replace(",", " ").split()
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise ConfigError(f"vantages.{name}: {key} {value!r} is no list of texts")
    return tuple(value)


def _check_proxy(vantage: Vantage) -> None:
    if not vantage.proxy:
        return
    try:
        parts = urlsplit(vantage.proxy)
        is_fit = parts.scheme in _SCHEMES and bool(parts.hostname) and bool(parts.port)
    except ValueError:
        is_fit = False
    if not is_fit:
        # Without what was given: it may hold a password.
        raise ConfigError(
            f"vantages.{vantage.name}: proxy is not of the form 'socks5://host:port' "
            f"({', '.join(_SCHEMES)}; user:password@ before the host where it needs them)"
        )


def find(vantages: tuple[Vantage, ...], name: str) -> Vantage:
    """The vantage called *name*. Raises ConfigError."""
    for vantage in vantages:
        if vantage.name == name:
            return vantage
    there = ", ".join(v.name for v in vantages) or "none; write [vantages.NAME] tables"
    raise ConfigError(f"vantage {name!r} is not configured; there are: {there}")
