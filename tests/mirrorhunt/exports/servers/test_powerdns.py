"""PowerDNS Recursor, by a policy zone."""

import os
import subprocess
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
    until,
)


def control(folder: Path, *words: str) -> None:
    command = [needed("rec_control"), f"--socket-dir={folder}", f"--config-dir={folder}", *words]
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
    subprocess.run(command, check=True, capture_output=True, timeout=60, env=environment)


def test_a_policy_zone_blocks_what_the_feed_says(folder: Path, upstream: int) -> None:
    program, port = needed("pdns_recursor"), free_port()
    feed = write("rpz", folder / "rpz.zone", FEED)
    (folder / "rpz.lua").write_text(f'rpzFile("{feed}", {{ policyName="mirrorhunt" }})\n')
    (folder / "recursor.conf").write_text(
        f"""
local-address=127.0.0.1
local-port={port}
forward-zones-recurse=.=127.0.0.1:{upstream}
lua-config-file={folder / "rpz.lua"}
socket-dir={folder}
security-poll-suffix=
dnssec=off
daemon=no
threads=1
disable-syslog=yes
write-pid=no
"""
    )
    asked = [program, f"--config-dir={folder}"]

    with started(asked, folder, resolves(port)) as running:
        assert enforces(port, ABOUT.serial)
        assert ask_all(by_dns(port), FEED) == []

        write("rpz", feed, LATER)
        control(folder, "reload-lua-config")
        # Names that were asked for keep their verdict for as long as the records live.
        control(folder, "wipe-cache", ".$")
        until(lambda: enforces(port, LATER_ABOUT.serial), running)
        assert ask_all(by_dns(port), LATER, consumer="PowerDNS, policy zone") == []
