"""Registration data as RDAP writes it (RFC 9083), and where to ask for it (RFC 9224).

Registries leave out what they like; the creation date is what nearly all of them give.
"""

from collections.abc import Iterator
from urllib.parse import quote

from mirrorhunt.names import find_host, find_suffix
from mirrorhunt.sources import Answer, Registration, UnreadableAnswerError
from mirrorhunt.sources._json import document, instant, text

MAX_LISTED = 50
"""Statuses, nameservers, entities and events read of one answer."""
REGISTRAR_LEVELS = 3
"""How deep entities may stand within entities."""


def server_url(base: str, domain: str) -> str:
    """The URL of *domain* at the server at *base* (RFC 9082 §3.1.3)."""
    return f"{base.rstrip('/')}/domain/{quote(domain, safe='')}"


def read(body: bytes) -> Answer:
    """The registration. Raises UnreadableAnswerError for anything but a domain object."""
    found = document(body)
    if not isinstance(found, dict) or found.get("objectClassName") != "domain":
        raise UnreadableAnswerError("no RDAP domain object")
    domain = find_host(text(found.get("ldhName")) or text(found.get("unicodeName")))
    if domain is None:
        raise UnreadableAnswerError(
            f"an RDAP domain object without a name: {found.get('ldhName')!r:.60}"
        )
    dates = dict(_dates(found))
    servers = (find_host(text(s.get("ldhName"))) for s in _objects(found, "nameservers"))
    statuses = found.get("status")
    return Answer(
        registration=Registration(
            domain=domain,
            registered_at=instant(dates.get("registration")),
            expires_at=instant(dates.get("expiration")),
            changed_at=instant(dates.get("last changed")),
            registrar=_registrar(found, REGISTRAR_LEVELS),
            statuses=tuple(
                filter(
                    None, map(text, statuses[:MAX_LISTED] if isinstance(statuses, list) else ())
                )
            ),
            nameservers=tuple(sorted({server for server in servers if server})),
        )
    )


def bootstrap(body: bytes) -> dict[str, str]:
    """Suffix to the https server that answers for it (RFC 9224 §4).

    Raises UnreadableAnswerError.
    """
    found = document(body)
    services = found.get("services") if isinstance(found, dict) else None
    if not isinstance(services, list):
        raise UnreadableAnswerError("no RDAP bootstrap registry")
    servers: dict[str, str] = {}
    for service in services:
        if not isinstance(service, list) or len(service) < 2:
            continue
        suffixes, bases = service[:2]
        if not isinstance(suffixes, list) or not isinstance(bases, list):
            continue
        base = next((b for b in bases if isinstance(b, str) and b.startswith("https://")), None)
        for suffix in filter(None, map(find_suffix, map(text, suffixes))):
            if base is not None:
                servers[suffix] = base
    return servers


def _objects(holder: dict[str, object], key: str) -> list[dict[str, object]]:
    listed = holder.get(key)
    if not isinstance(listed, list):
        return []
    return [thing for thing in listed[:MAX_LISTED] if isinstance(thing, dict)]


def _dates(found: dict[str, object]) -> Iterator[tuple[str, object]]:
    # The first of a kind is the registry's; registrars repeat theirs after it.
    for event in reversed(_objects(found, "events")):
        yield text(event.get("eventAction")).lower(), event.get("eventDate")


def _registrar(holder: dict[str, object], levels: int) -> str:
    """The name of the registrar, or its handle; empty where none is named."""
    for entity in _objects(holder, "entities"):
        roles = entity.get("roles")
        if isinstance(roles, list) and "registrar" in roles:
            return _full_name(entity.get("vcardArray")) or text(entity.get("handle"))
        if levels > 1 and (below := _registrar(entity, levels - 1)):
            return below
    return ""


def _full_name(card: object) -> str:
    """The ``fn`` of a jCard (RFC 7095): ``["vcard", [["fn", {}, "text", NAME], …]]``."""
    if not isinstance(card, list) or len(card) < 2 or not isinstance(card[1], list):
        return ""
    for line in card[1][:MAX_LISTED]:
        if isinstance(line, list) and len(line) >= 4 and line[0] in ("fn", "org"):
            return text(line[3])
    return ""
