"""Names a second of the bulk client, against dnspython's resolver and massdns, on one nameserver.

The nameserver is NSD where it is installed, with one zone in a folder of its own on a high port of
loopback; else a small responder in a process of its own, which is then the limit (and is named).
One name in a hundred exists. Each round runs in a process of its own, so that CPU time and memory
are the client's alone. massdns is asked too where it is on the PATH.

    python benchmarks/bench_dns.py [NAMES]
"""

import asyncio
import json
import multiprocessing
import resource
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import uvloop

ZONE = "bench.example"
ONE_IN = 100
ADDRESS = "127.0.0.1"
CONFIG = """
server:
  ip-address: {address}@{port}
  server-count: 1
  rrl-ratelimit: 0
  rrl-whitelist-ratelimit: 0
  username: ""
  chroot: ""
  zonesdir: "{folder}"
  pidfile: "{folder}/nsd.pid"
  database: ""
  zonelistfile: "{folder}/zone.list"
  xfrdfile: "{folder}/xfrd.state"
  logfile: "{folder}/nsd.log"
  xfrdir: "{folder}"
remote-control:
  control-enable: no
zone:
  name: {zone}
  zonefile: zone
"""


def names(count: int) -> Iterator[str]:
    """*count* names, one in `ONE_IN` of which exists."""
    for i in range(count):
        yield f"{'www' if i % ONE_IN == 0 else 'no'}{i}.{ZONE}"


# ---------------------------------------------------------------- the server


@contextmanager
def serving(count: int) -> Iterator[tuple[str, int]]:
    """(what serves, port) until the block is left."""
    with tempfile.TemporaryDirectory(prefix="bench-dns-") as folder:
        if shutil.which("nsd") is None:
            with _responding() as port:
                yield "a responder in Python (nsd is not on this machine)", port
            return
        port = _free_port()
        config = Path(folder, "nsd.conf")
        config.write_text(CONFIG.format(address=ADDRESS, port=port, folder=folder, zone=ZONE))
        zone = [f"$ORIGIN {ZONE}.", f"@ 60 SOA ns.{ZONE}. who.{ZONE}. 1 7200 900 1209600 60"]
        zone += [f"@ 60 NS ns.{ZONE}.", "ns 60 A 192.0.2.53"]
        zone += [f"www{i} 60 A 192.0.2.{i % 250 + 1}" for i in range(0, count, ONE_IN)]
        Path(folder, "zone").write_text("\n".join(zone) + "\n")
        server = subprocess.Popen(["nsd", "-d", "-c", str(config)], stderr=subprocess.DEVNULL)
        try:
            _wait_for(port)
            yield "nsd", port
        finally:
            server.terminate()
            server.wait()


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind((ADDRESS, 0))
        port: int = udp.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    query = struct.pack("!6H", 1, 0, 1, 0, 0, 0) + b"\x05bench\x07example\0\0\6\0\1"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(0.2)
        udp.connect((ADDRESS, port))
        for _ in range(100):
            try:
                udp.send(query)
                udp.recv(512)
                return
            except (TimeoutError, ConnectionRefusedError):
                time.sleep(0.05)
    raise SystemExit("the nameserver did not come up")


@contextmanager
def _responding() -> Iterator[int]:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=_respond, args=(theirs,), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()


def _respond(pipe) -> None:  # type: ignore[no-untyped-def]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        udp.bind((ADDRESS, 0))
        pipe.send(udp.getsockname()[1])
        answer = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1"
        while True:
            wire, client = udp.recvfrom(512)
            # A label that begins as the existing ones do: www.
            exists = wire[13:16] == b"www"
            flags = b"\x81\x80\0\1\0\1\0\0\0\0" if exists else b"\x81\x83\0\1\0\0\0\0\0\0"
            udp.sendto(wire[:2] + flags + wire[12:] + (answer if exists else b""), client)


# ---------------------------------------------------------------- the clients


async def bulk(port: int, count: int) -> int:
    """How many exist, as the bulk client says."""
    from mirrorhunt.net.bulk import BulkClient
    from mirrorhunt.net.nameserver import Nameserver

    client = BulkClient([Nameserver(ADDRESS, port)], rate_per_s=1e9)
    found = 0
    async for outcome in client.ask(names(count)):
        found += bool(outcome.addresses)
    await client.close()
    return found


async def dnspython(port: int, count: int) -> int:
    """How many exist, as `dns.asyncresolver` says, 200 questions at a time."""
    import dns.asyncresolver
    import dns.resolver

    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = [ADDRESS], port
    left = names(count)

    async def work() -> int:
        found = 0
        for name in left:
            with suppress(dns.resolver.NXDOMAIN):
                found += bool(await resolver.resolve(name, "A"))
        return found

    return sum(await asyncio.gather(*(work() for _ in range(200))))


CLIENTS = {"bulk": bulk, "dnspython": dnspython}


def measured(which: str, port: int, count: int) -> dict[str, float]:
    """One round, in this process."""
    before = resource.getrusage(resource.RUSAGE_SELF)
    started = time.perf_counter()
    found = uvloop.run(CLIENTS[which](port, count))
    wall_s = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert found == -(-count // ONE_IN), found
    return {"wall": count / wall_s, "cpu": count / cpu_s, "peak_kib": after.ru_maxrss}


def in_process(which: str, port: int, count: int) -> dict[str, float]:
    """One round, in a process of its own."""
    command = [sys.executable, __file__, which, str(port), str(count)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def massdns(port: int, count: int) -> dict[str, float] | None:
    """The same names by massdns; None where there is none."""
    if shutil.which("massdns") is None:
        return None
    with tempfile.TemporaryDirectory(prefix="bench-massdns-") as folder:
        Path(folder, "resolvers").write_text(f"{ADDRESS}:{port}\n")
        Path(folder, "names").write_text("\n".join(names(count)) + "\n")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.perf_counter()
        command = ["massdns", "-q", "-s", "500", "-o", "S", "-w", f"{folder}/out"]
        subprocess.run([*command, "-r", f"{folder}/resolvers", f"{folder}/names"], check=True)
        wall_s = time.perf_counter() - started
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return {"wall": count / wall_s, "cpu": count / cpu_s, "peak_kib": after.ru_maxrss}


def main() -> None:
    """Run all on one server, and print the ratios."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with serving(10 * count) as (server, port):
        print(f"{count:,} names, one in {ONE_IN} exists, served by {server}")
        rounds = {
            "bulk client": in_process("bulk", port, count),
            "dns.asyncresolver": in_process("dnspython", port, max(1000, count // 10)),
            "massdns": massdns(port, count),
            "bulk client, ten times the names": in_process("bulk", port, 10 * count),
        }
    for what, figures in rounds.items():
        if figures is None:
            print(f"{what}: not on this machine")
            continue
        print(
            f"{what:34} {figures['wall']:9,.0f} names/s {figures['cpu']:9,.0f} a CPU second"
            f" {figures['peak_kib'] / 1024:6.0f} MiB at most"
        )
    ours, theirs = rounds["bulk client"], rounds["dns.asyncresolver"]
    assert ours is not None
    assert theirs is not None
    print(f"ratio to dns.asyncresolver {ours['wall'] / theirs['wall']:.1f}")
    if (best := rounds["massdns"]) is not None:
        print(f"ratio to massdns {ours['wall'] / best['wall']:.2f} (aim 0.3)")


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] in CLIENTS:
        print(json.dumps(measured(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
    else:
        main()
