"""Knot Resolver, by a policy zone."""

from pathlib import Path

from tests.exported import ABOUT
from tests.mirrorhunt.exports.servers.asking import (
    FEED,
    LATER,
    LATER_ABOUT,
    ask_all,
    by_dns,
    enforces,
    write,
)
from tests.mirrorhunt.exports.servers.starting import (
    free_port,
    needed,
    resolves,
    started,
)


def configured(folder: Path, port: int, upstream: int, feed: Path) -> Path:
    file = folder / "kresd.conf"
    file.write_text(
        f"""
net.listen('127.0.0.1', {port})
modules.unload('priming')
modules.unload('ta_update')
modules.unload('ta_signal_query')
modules.unload('ta_sentinel')
trust_anchors.remove('.')
cache.size = 1 * MB
policy.add(policy.rpz(policy.DENY_MSG('blocked'), '{feed}', false))
policy.add(policy.all(policy.STUB({{'127.0.0.1@{upstream}'}})))
"""
    )
    return file


def test_a_policy_zone_blocks_what_the_feed_says(folder: Path, upstream: int) -> None:
    program = needed("kresd")
    feed = write("rpz", folder / "rpz.zone", FEED)

    port = free_port()
    asked = [program, "-n", "-c", configured(folder, port, upstream, feed), folder]
    with started(asked, folder, resolves(port)):
        assert enforces(port, ABOUT.serial)
        assert ask_all(by_dns(port), FEED) == []

    # Started again: it watches the file only where Lua's cqueues are installed.
    write("rpz", feed, LATER)
    port = free_port()
    asked = [program, "-n", "-c", configured(folder, port, upstream, feed), folder]
    with started(asked, folder, resolves(port)):
        assert enforces(port, LATER_ABOUT.serial)
        assert ask_all(by_dns(port), LATER, consumer="Knot, policy zone") == []
