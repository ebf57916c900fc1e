"""Unbound, by local zones and by a policy zone."""

from pathlib import Path

from tests.exported import ABOUT
from tests.mirrorhunt.exports.servers.asking import (
    FEED,
    LATER,
    LATER_ABOUT,
    ask_all,
    by_dns,
    enforces,
    resolved,
    write,
)
from tests.mirrorhunt.exports.servers.starting import (
    free_port,
    needed,
    resolves,
    started,
    until,
)


def configured(folder: Path, port: int, upstream: int, own: str, modules: str) -> Path:
    file = folder / "main.conf"
    file.write_text(
        f"""
server:
  interface: 127.0.0.1
  port: {port}
  do-ip6: no
  chroot: ""
  username: ""
  directory: "{folder}"
  pidfile: ""
  use-syslog: no
  num-threads: 1
  module-config: "{modules}"
  do-not-query-localhost: no
{own}
forward-zone:
  name: "."
  forward-addr: 127.0.0.1@{upstream}
remote-control:
  control-enable: no
"""
    )
    return file


def test_local_zones_block_what_the_feed_says(folder: Path, upstream: int) -> None:
    program, port = needed("unbound"), free_port()
    feed = write("unbound", folder / "unbound.conf", FEED)
    config = configured(folder, port, upstream, f'include: "{feed}"', "iterator")

    with started([program, "-d", "-c", config], folder, resolves(port)) as running:
        assert ask_all(by_dns(port), FEED) == []

        write("unbound", feed, LATER)
        running.hang_up()
        until(lambda: resolved(port, "gone.example", "A") == "allowed", running)
        assert ask_all(by_dns(port), LATER, consumer="Unbound, local zones") == []


def test_a_policy_zone_blocks_what_the_feed_says(folder: Path, upstream: int) -> None:
    program, port = needed("unbound"), free_port()
    feed = write("rpz", folder / "rpz.zone", FEED)
    zone = f'rpz:\n  name: {ABOUT.rpz_origin}\n  zonefile: "{feed}"'
    config = configured(folder, port, upstream, zone, "respip iterator")

    with started([program, "-d", "-c", config], folder, resolves(port)) as running:
        assert enforces(port, ABOUT.serial)
        assert ask_all(by_dns(port), FEED) == []

        write("rpz", feed, LATER)
        running.hang_up()
        until(lambda: enforces(port, LATER_ABOUT.serial), running)
        assert ask_all(by_dns(port), LATER, consumer="Unbound, policy zone") == []
