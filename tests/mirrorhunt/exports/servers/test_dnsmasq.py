"""dnsmasq, by a servers-file and by a hosts file."""

import os
from pathlib import Path

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


def test_a_servers_file_blocks_the_domains_of_the_feed(folder: Path, upstream: int) -> None:
    port = free_port()
    feed = write("dnsmasq", folder / "dnsmasq.servers", FEED)
    asked = command(folder, port, upstream, f"--servers-file={feed}")

    with started(asked, folder, resolves(port)) as running:
        assert ask_all(by_dns(port), FEED, says=domains_alone) == []

        write("dnsmasq", feed, LATER)
        running.hang_up()
        until(lambda: resolved(port, "gone.example", "A") == "allowed", running)
        wrong = ask_all(by_dns(port), LATER, says=domains_alone, consumer="dnsmasq, servers-file")
        assert wrong == []


def test_a_hosts_file_blocks_the_names_of_the_feed(folder: Path, upstream: int) -> None:
    port = free_port()
    feed = write("hosts", folder / "hosts", FEED)
    asked = command(folder, port, upstream, f"--addn-hosts={feed}")

    with started(asked, folder, resolves(port)) as running:
        assert ask_all(by_dns(port), FEED, says=names_alone) == []

        write("hosts", feed, LATER)
        running.hang_up()
        until(lambda: resolved(port, "gone.example", "A") == "allowed", running)
        wrong = ask_all(by_dns(port), LATER, says=names_alone, consumer="dnsmasq, hosts file")
        assert wrong == []
