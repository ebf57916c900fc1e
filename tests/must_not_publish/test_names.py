"""The names themselves: how they are written, and that every one of them is protected."""

import pytest

from mirrorhunt.names import host, registrable_domain
from mirrorhunt.protected import SUFFIX, builtin
from mirrorhunt.protecting import Keep
from tests import make
from tests.must_not_publish import corpus

KEEP = Keep(builtin(), make.NOW)


def test_there_are_many_and_each_stands_once() -> None:
    names = corpus.everybody()
    assert len(names) >= 1000
    assert len(set(names)) == len(names)
    assert len(corpus.groups()) >= 25


def test_they_are_written_as_we_write_hosts() -> None:
    dotted = [name for name in corpus.everybody() if "." in name]
    assert [name for name in dotted if host(name) != name] == []


@pytest.mark.parametrize("group", corpus.groups())
def test_each_is_protected_with_what_stands_below_it(group: str) -> None:
    names = corpus.groups()[group]
    assert [name for name in names if KEEP.protection(name) is None] == []
    # Below a public suffix, ``www`` is whoever came first.
    owned = [name for name in names if registrable_domain(name)]
    assert [name for name in owned if KEEP.protection(f"www.{name}") is None] == []
    assert all(KEEP.is_out(name) for name in names)


@pytest.mark.parametrize(
    "suffix", sorted(p.name for p in builtin() if p.scope == SUFFIX and "*" not in p.name)
)
def test_every_protected_suffix_is_one(suffix: str) -> None:
    # What only reads like a suffix protects nobody under that scope: admin.ch once did not.
    assert KEEP.protection(f"www.office.{suffix}") is not None


def test_who_publishes_below_a_platform_is_not_protected_with_it() -> None:
    free = [name for name in corpus.platforms() if KEEP.protection(f"pirate-films.{name}") is None]
    # Else nobody could ever name a mirror that moved in there.
    assert {"blogspot.com", "pages.dev", "github.io", "netlify.app", "web.app"} <= set(free)
