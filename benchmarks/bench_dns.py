"""Names a second of the bulk client, against native clients and dnspython's resolver.

All ask one nameserver for the same names in the same minutes. It is NSD where that is installed,
with one zone in a folder of its own on a high port of loopback; else a small responder in a
process of its own, which is then the limit (and is named). One name in a hundred exists. Each
round runs in a process of its own, so that CPU time and memory are the client's alone, and the
clients take turns, so that what else the machine does hits all of them. The native clients are
dnsperf, which sends and counts and keeps no answer, and massdns; each where it is on the PATH.

    python benchmarks/bench_dns.py [NAMES [TURNS]]
"""

import asyncio
import json
import multiprocessing
import os
import re
import resource
import shutil
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ZONE = "bench.example"
ONE_IN = 100
ADDRESS = "127.0.0.1"
AT_ONCE = 400
PORTS = 8
"""What the bulk client has by default, too. Not taken from there: what this process imports counts
as the peak of every process that it starts."""
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
        with Path(folder, "zone").open("w") as zone:
            zone.write(f"$ORIGIN {ZONE}.\n@ 60 SOA ns.{ZONE}. who.{ZONE}. 1 7200 900 1209600 60\n")
            zone.write(f"@ 60 NS ns.{ZONE}.\nns 60 A 192.0.2.53\n")
            # Line by line: what this process holds counts as the peak of those that it starts.
            for i in range(0, count, ONE_IN):
                zone.write(f"www{i} 60 A 192.0.2.{i % 250 + 1}\n")
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
    import uvloop

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


def _native(command: list[str], count: int) -> tuple[dict[str, float], str]:
    """One round of another program, and what it printed."""
    started = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL)
        # Of this child alone: RUSAGE_CHILDREN is the sum, and the peak, of all there have been.
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        wall_s = time.perf_counter() - started
        out.seek(0)
        said = out.read().decode()
    if process.returncode:
        raise SystemExit(f"{command[0]} failed with {process.returncode}: {said[-500:]}")
    cpu_s = used.ru_utime + used.ru_stime
    return {"wall": count / wall_s, "cpu": count / cpu_s, "peak_kib": used.ru_maxrss}, said


def dnsperf(port: int, count: int) -> dict[str, float]:
    """The same names by dnsperf, as many at a time and from as many ports as the bulk client."""
    with tempfile.TemporaryDirectory(prefix="bench-dnsperf-") as folder:
        with Path(folder, "names").open("w") as listed:
            listed.writelines(f"{name} A\n" for name in names(count))
        command = ["dnsperf", "-s", ADDRESS, "-p", str(port), "-d", f"{folder}/names", "-n", "1"]
        figures, said = _native([*command, "-q", str(AT_ONCE), "-c", str(PORTS), "-T", "1"], count)
    done, rate = (
        re.search(rf"{what}:\s+([0-9.]+)", said)
        for what in ("Queries completed", "Queries per second")
    )
    if done is None or rate is None or int(done[1]) < count:
        raise SystemExit(f"dnsperf did not get all answers: {said}")
    # Its own clock, which begins with the first question: reading the list is not counted.
    return {**figures, "wall": float(rate[1])}


def massdns(port: int, count: int) -> dict[str, float]:
    """The same names by massdns."""
    with tempfile.TemporaryDirectory(prefix="bench-massdns-") as folder:
        Path(folder, "resolvers").write_text(f"{ADDRESS}:{port}\n")
        with Path(folder, "names").open("w") as listed:
            listed.writelines(f"{name}\n" for name in names(count))
        command = ["massdns", "-q", "-s", "500", "-o", "S", "-w", f"{folder}/out"]
        command += ["-r", f"{folder}/resolvers", f"{folder}/names"]
        return _native(command, count)[0]


NATIVE = {"dnsperf": dnsperf, "massdns": massdns}


def compared(port: int, count: int, turns: int) -> dict[str, list[dict[str, float]]]:
    """Client to its rounds; *turns* rounds of each that is here, alternating."""
    found: dict[str, list[dict[str, float]]] = {}
    few = max(1000, count // 10)
    for _ in range(turns):
        found.setdefault("bulk client", []).append(in_process("bulk", port, count))
        for program, client in NATIVE.items():
            if shutil.which(program) is not None:
                found.setdefault(program, []).append(client(port, count))
        found.setdefault("dns.asyncresolver", []).append(in_process("dnspython", port, few))
    return found


def main() -> None:
    """Run all on one server, and print the ratios."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    turns = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    load = " ".join(f"{average:.1f}" for average in os.getloadavg())
    with serving(10 * count) as (server, port):
        print(
            f"{count:,} names, one in {ONE_IN} exists, served by {server}; {turns} turns; "
            f"{os.cpu_count()} cores, load before {load}"
        )
        rounds = compared(port, count, turns)
        rounds["bulk client, ten times the names"] = [in_process("bulk", port, 10 * count)]
    for program in NATIVE:
        if program not in rounds:
            print(f"{program}: not on this machine")
    for what, figures in rounds.items():
        wall, cpu = _values(figures, "wall"), _values(figures, "cpu")
        print(
            f"{what:33} {max(wall):9,.0f} names/s at best, {statistics.median(wall):9,.0f} median;"
            f" {max(cpu):9,.0f} / {statistics.median(cpu):9,.0f} a CPU second;"
            f" {max(_values(figures, 'peak_kib')) / 1024:5.0f} MiB"
        )
    for other in ("dns.asyncresolver", *NATIVE):
        if other in rounds:
            print(_ratios(rounds["bulk client"], rounds[other], other))


def _values(figures: list[dict[str, float]], which: str) -> list[float]:
    return [figure[which] for figure in figures]


def _ratios(ours: list[dict[str, float]], theirs: list[dict[str, float]], other: str) -> str:
    """Turn by turn, as the two of one turn ran in the same seconds."""
    pairs = list(zip(ours, theirs, strict=True))
    wall = [our["wall"] / their["wall"] for our, their in pairs]
    cpu = [our["cpu"] / their["cpu"] for our, their in pairs]
    aim = " (aim 0.3)" if other == "massdns" else ""
    return (
        f"ratio to {other}: {statistics.median(wall):.2f} (turns {min(wall):.2f} to "
        f"{max(wall):.2f}), a CPU second {statistics.median(cpu):.2f}{aim}"
    )


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] in CLIENTS:
        print(json.dumps(measured(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
    else:
        main()
