"""Look-alikes of the public sources that one asks about names: certificate search and RDAP.

They answer in the shape of the real ones: crt.sh's JSON output, Cert Spotter's issuances, and
RDAP's domain object (RFC 9083 §5.3) without the contacts.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from mirrorhunt.lab.world import World
from mirrorhunt.names import registrable_domain

_MAX_ENTRIES = 500
_ISSUER = "C=US, O=Lab Trust, CN=Lab Trust E1"


def certificates(world: World, wanted: str) -> tuple[int, str]:
    """Status and JSON for a search; ``%`` stands for anything at either end, as in SQL's LIKE."""
    text = wanted.strip().lower()
    core = text.strip("%")
    if len(core) < 3:
        return 400, "[]"
    starts, ends = not text.startswith("%"), not text.endswith("%")
    found: dict[str, dict[str, object]] = {}
    for host in world.hosts.values():
        certificate = host.certificate
        if certificate is None or certificate.kind == "self_signed":
            continue
        if any(_matches(name, core, starts, ends) for name in certificate.names):
            found[certificate.group] = {
                "id": len(found) + 1,
                "issuer_name": _ISSUER,
                "common_name": certificate.names[0],
                "name_value": "\n".join(certificate.names),
                "not_before": _iso(host.registered_at),
            }
        if len(found) >= _MAX_ENTRIES:
            break
    return 200, json.dumps(list(found.values()))


def _matches(name: str, core: str, starts: bool, ends: bool) -> bool:
    if starts and ends:
        # A bare domain means it and all below it.
        return name == core or name.endswith(f".{core}")
    if starts:
        return name.startswith(core)
    return name.endswith(core) if ends else core in name


def issuances(world: World, domain: str) -> tuple[int, str]:
    """Status and JSON of the certificates for *domain* and all below it, with all their names."""
    wanted = domain.strip().lower()
    if registrable_domain(wanted) is None:
        return 400, json.dumps({"code": "invalid_domain", "message": "not a registered domain"})
    found: dict[str, dict[str, object]] = {}
    for host in world.hosts.values():
        certificate = host.certificate
        if certificate is None or certificate.kind == "self_signed":
            continue
        if any(_matches(name, wanted, starts=True, ends=True) for name in certificate.names):
            found[certificate.group] = {
                "id": str(len(found) + 1),
                "dns_names": list(certificate.names),
                "not_before": _iso(host.registered_at),
                "revoked": False,
            }
        if len(found) >= _MAX_ENTRIES:
            break
    return 200, json.dumps(list(found.values()))


def registration(world: World, name: str) -> tuple[int, str]:
    """Status and RDAP object of a domain; 404 for one that nobody has registered."""
    domain = registrable_domain(name.lower()) or name.lower()
    host = world.hosts.get(domain)
    if host is None or host.dns.rcode == "NXDOMAIN":
        return 404, json.dumps({"errorCode": 404, "title": "Not Found"})
    return 200, json.dumps(
        {
            "objectClassName": "domain",
            "ldhName": domain.upper(),
            "status": ["active"],
            "events": list(_events(host.registered_at)),
            "nameservers": [
                {"objectClassName": "nameserver", "ldhName": server.upper()}
                for server in host.dns.ns
            ],
        }
    )


def _events(registered_at: datetime | None) -> Iterable[Mapping[str, str]]:
    if registered_at is not None:
        yield {"eventAction": "registration", "eventDate": _iso(registered_at)}


def _iso(at: datetime | None) -> str:
    return (at or datetime(2026, 1, 1, tzinfo=UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
