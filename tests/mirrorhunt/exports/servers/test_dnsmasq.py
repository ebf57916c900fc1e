"""dnsmasq, by a servers-file and by a hosts file."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.mirrorhunt.exports.servers.asking import (
    FEED,
    LATER,
    ask_all,
    by_dns,
    domains_alone,
    names_alone,
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


def command(folder: Path, port: int, upstream: int, own: str) -> list[str]:
    # As root it would become somebody else, who could not read the folder again.
    stays = ["--user=root", "--group=root"] if os.geteuid() == 0 else []
    return [
        needed("dnsmasq"),
        "--keep-in-foreground",
        "--conf-file=/dev/null",
        f"--pid-file={folder / 'dnsmasq.pid'}",
        f"--port={port}",
        "--listen-address=127.0.0.1",
        "--bind-interfaces",
        "--no-resolv",
        "--no-hosts",
        "--log-facility=-",
        f"--server=127.0.0.1#{upstream}",
        own,
        *stays,
    ]


@pytest.mark.parametrize(
    ("name", "option", "says", "consumer"),
    [
        ("dnsmasq", "--servers-file", domains_alone, "dnsmasq, servers-file"),
        ("hosts", "--addn-hosts", names_alone, "dnsmasq, hosts file"),
    ],
    ids=["servers-file", "hosts file"],
)
def test_a_file_blocks_what_the_feed_says(
    name: str, option: str, says: Callable[..., str], consumer: str, folder: Path, upstream: int
) -> None:
    port = free_port()
    feed = write(name, folder / "feed", FEED)

    with started(
        command(folder, port, upstream, f"{option}={feed}"), folder, resolves(port)
    ) as running:
        assert ask_all(by_dns(port), FEED, says=says) == []

        write(name, feed, LATER)
        running.hang_up()
        until(lambda: resolved(port, "gone.example", "A") == "allowed", running)
        assert ask_all(by_dns(port), LATER, says=says, consumer=consumer) == []
