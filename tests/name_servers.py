"""Get the name servers and proxies that feeds are loaded into: ``make servers``, and before
``make test``.

Debian's packages, as root, and none of them is started: the tests start their own, on high ports
of loopback. One line for each step. Exit code 1, and what is missing, where not all are there.
"""

import contextlib
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.installing import Steps

_STEPS = Steps("servers")
say, run = _STEPS.say, _STEPS.run
PACKAGES: Mapping[str, tuple[str, ...]] = {
    "bind9": ("named", "named-checkzone"),
    "unbound": ("unbound", "unbound-checkconf"),
    "dnsmasq-base": ("dnsmasq",),
    "squid": ("squid",),
    "pdns-recursor": ("pdns_recursor", "rec_control"),
    "knot-resolver": ("kresd",),
    "dnsdist": ("dnsdist",),
}
"""A package to the programs that the tests start from it."""
POLICY = Path("/usr/sbin/policy-rc.d")
# What package scripts ask before they start a service: 101 is no (Debian's policy-rc.d).
NO_STARTS = "#!/bin/sh\nexit 101\n"
_SBIN = "/usr/local/sbin:/usr/sbin:/sbin"


def find(program: str) -> str | None:
    """The path of *program*, also where only root has its folder on the path."""
    return shutil.which(program) or shutil.which(program, path=_SBIN)


def missing() -> list[str]:
    """The packages of which a program is not there."""
    return [name for name, programs in PACKAGES.items() if not all(map(find, programs))]


@contextlib.contextmanager
def nothing_starts() -> Iterator[None]:
    """Keep packages from starting their services; what stood there before is put back."""
    before = POLICY.read_bytes() if POLICY.exists() else None
    mode = POLICY.stat().st_mode if before is not None else 0
    POLICY.write_text(NO_STARTS)
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        if before is None:
            POLICY.unlink()
        else:
            POLICY.write_bytes(before)
            POLICY.chmod(mode)


def by_debian(packages: list[str]) -> None:
    """Install *packages*: all at once, or each by itself where one of them cannot be had."""
    install = ("apt-get", "install", "-y", "--no-install-recommends")
    with nothing_starts():
        # The lists of a bare machine are old or missing; those of others need not be asked for.
        if run(*install, *packages) or not run("apt-get", "-q", "update"):
            return
        if not run(*install, *packages):
            for package in packages:
                run(*install, package)


def main() -> int:
    absent = missing()
    if absent and os.geteuid() == 0 and shutil.which("apt-get"):
        say(f"getting {', '.join(absent)} (half a minute, once; none is started)")
        by_debian(absent)
        absent = missing()
    for package, programs in PACKAGES.items():
        if package not in absent:
            say(f"{package}: {find(programs[0])}")
    if absent:
        say(
            f"NOT HERE: {', '.join(absent)}; what loads feeds into them is skipped. By hand: "
            f"apt-get install --no-install-recommends {' '.join(absent)}"
        )
    return 1 if absent else 0


if __name__ == "__main__":
    sys.exit(main())
