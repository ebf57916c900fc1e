"""dnsdist, by the two plain lists."""

from pathlib import Path

from tests.mirrorhunt.exports.servers.asking import FEED, LATER, ask_all, by_dns, write
from tests.mirrorhunt.exports.servers.starting import (
    free_port,
    needed,
    resolves,
    started,
)


def configured(folder: Path, port: int, upstream: int) -> Path:
    file = folder / "dnsdist.conf"
    file.write_text(
        f"""
setSecurityPollSuffix("")
setLocal("127.0.0.1:{port}")
newServer({{address="127.0.0.1:{upstream}", healthCheckMode="up"}})
domains = newSuffixMatchNode()
for line in io.lines("{folder / "domains.txt"}") do domains:add(newDNSName(line)) end
hosts = newDNSNameSet()
for line in io.lines("{folder / "hosts.exact.txt"}") do hosts:add(newDNSName(line)) end
addAction(SuffixMatchNodeRule(domains), RCodeAction(DNSRCode.NXDOMAIN))
addAction(QNameSetRule(hosts), RCodeAction(DNSRCode.NXDOMAIN))
"""
    )
    return file


def test_the_plain_lists_block_what_the_feed_says(folder: Path, upstream: int) -> None:
    program = needed("dnsdist")
    # It reads its lists when it starts.
    for rows, consumer in ((FEED, ""), (LATER, "dnsdist, plain lists")):
        write("plain_domains", folder / "domains.txt", rows)
        write("plain_hosts", folder / "hosts.exact.txt", rows)
        port = free_port()
        asked = [program, "--supervised", "-C", configured(folder, port, upstream)]

        with started(asked, folder, resolves(port)):
            assert ask_all(by_dns(port), rows, consumer=consumer) == []
