"""One file of evidence about one host: a WACZ with report, packet, custody and digests.

Everything is read before anything is written, and the file appears whole or not at all.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from mirrorhunt import __version__, writing
from mirrorhunt.archive import container, manifest, packet, report, timestamps, wacz
from mirrorhunt.archive.custody import acts
from mirrorhunt.archive.packet import Exhibit, Outside
from mirrorhunt.archive.timestamps import Dated
from mirrorhunt.archive.wacz import About, Member, Record, Shown
from mirrorhunt.errors import InputError
from mirrorhunt.store.captures import StoredCapture
from mirrorhunt.store.case import Case

MAX_CAPTURES = 8
"""Of the host; what is beyond stays in the archive."""
MAX_SEED_CAPTURES = 2
UNSEALED = (wacz.DATAPACKAGE, wacz.DIGEST, manifest.MANIFEST)
"""Not in the manifest: itself, and what is made of it."""
DATING = (timestamps.QUERY, timestamps.REPLY, timestamps.CERTIFICATES)
"""Not in the manifest either: they came after it, and say so."""
_SUFFIXES = {
    "image/webp": "webp",
    "image/png": "png",
    "image/jpeg": "jpg",
    # Whoever clicks on it must not run what is in it.
    "text/html": "txt",
}
_FOLDERS = {"warc": "archive"}
_STATE = "state"


@dataclass(frozen=True, slots=True)
class Tools:
    """What a package is made with."""

    get: Callable[[str], bytes]
    """The bytes of a digest, from the vault; raises where they are damaged or gone."""
    print_pdf: Callable[[bytes], bytes | None] | None = None
    """HTML to PDF, or to nothing where that failed; None where there is to be no PDF."""
    date: Callable[[bytes], Dated] | None = None
    """Has the manifest dated; None where it is not to be."""
    actor: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """A package."""

    path: Path
    sha256: str
    size_bytes: int
    members: int
    captures: int
    pictures: int
    dated_at: datetime | None
    has_pdf: bool


@dataclass(slots=True)
class _Box:
    """What goes into the package, in order."""

    members: dict[str, bytes] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)
    exhibits: list[Exhibit] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)


def make(case: Case, outside: Outside, tools: Tools, path: Path, now: datetime) -> Made:
    """Write the package on *case* to *path*.

    Raises InputError if the archive has no capture of the host, or the file cannot be written.
    """
    members, dated = build(case, outside, tools, now)
    out = BytesIO()
    container.write(members.items(), out)
    data = out.getvalue()
    writing.whole(path, lambda out: out.write(data))
    images = [name for name in members if name.startswith("pictures/")]
    return Made(
        path=path,
        sha256=sha256(data).hexdigest(),
        size_bytes=len(data),
        members=len(members),
        captures=sum(name.startswith("archive/") for name in members),
        pictures=len(images),
        dated_at=dated.at if dated else None,
        has_pdf=report.PDF in members,
    )


def build(
    case: Case, outside: Outside, tools: Tools, now: datetime
) -> tuple[dict[str, bytes], Dated | None]:
    """The members of the package by path, in the order of the file, and what dates it."""
    own = chosen(case.captures, MAX_CAPTURES)
    seeds = chosen(case.seed_captures, MAX_SEED_CAPTURES)
    if not any(has(c, "warc") for c in own):
        raise InputError(
            f"the archive has no capture of {case.host!r}: look at it again while it stands "
            "(`mirrorhunt hunt`, `scrapy crawl recheck`), or bring in your own with "
            "`mirrorhunt archive import`"
        )
    box = _Box()
    for capture in (*own, *seeds):
        _put(box, capture, case, tools)
    main = box.shown[0] if box.shown else Shown(f"https://{case.host}/", wacz.iso(now), "")
    about = About(
        title=f"Evidence on {case.host}",
        description=f"What mirrorhunt saw of {case.host}, held against network {case.network}",
        created=wacz.iso(now),
        main_url=main.url,
        main_at=main.at,
    )
    index, blocks = wacz.index(box.records)
    box.members |= {
        wacz.INDEX: index,
        wacz.INDEX_OF_INDEX: blocks,
        wacz.PAGES: wacz.pages(box.shown),
    }
    _tell(box, case, outside, tools, about, now)
    return _sealed(box.members, tools, about)


def chosen(captures: Sequence[StoredCapture], limit: int) -> list[StoredCapture]:
    """Those of *captures* (newest first) that say most: the newest with a picture, the newest
    live one, the newest, those of changes, the oldest; at most *limit*."""
    with_picture = [c for c in captures if has(c, "screenshot")]
    live = [c for c in captures if c.capture.availability == "live"]
    live_picture = [c for c in live if has(c, "screenshot")]
    changes = [c for c in captures if c.capture.reason == _STATE]
    ranked = (
        *live_picture[:1],
        *with_picture[:1],
        *live[:1],
        *captures[:1],
        *captures[-1:],
        *changes,
        *captures,
    )
    return list(dict.fromkeys(ranked))[:limit]


def has(kept: StoredCapture, role: str) -> bool:
    """True if *kept* has a file of *role*."""
    return any(f.role == role for f in kept.capture.files)


def _put(box: _Box, kept: StoredCapture, case: Case, tools: Tools) -> None:
    """Put the files of *kept* into *box*, each once; what was drawn is in the WARC."""
    capture = kept.capture
    for file in capture.files:
        if file.role == "dom":
            continue
        data = tools.get(file.digest)
        folder = _FOLDERS.get(file.role, "pictures" if file.role == "screenshot" else "captures")
        suffix = _SUFFIXES.get(file.media_type.partition(";")[0].strip().lower(), "bin")
        if file.role == "warc":
            suffix = "warc.gz"
        name = f"{capture.at:%Y%m%d%H%M%S}-{file.role}-{file.digest[:16]}.{suffix}"
        path = f"{folder}/{name}"
        if path in box.members:
            continue
        box.members[path] = data
        box.exhibits.append(
            Exhibit(
                type=file.role,
                path=path,
                sha256=file.digest,
                size_bytes=len(data),
                host=kept.host,
                captured_at=capture.at,
                vantage=capture.vantage,
                url=capture.final_url,
                tool=capture.tool,
                media_type=file.media_type,
                author=capture.author,
            )
        )
        if file.role == "warc":
            found = wacz.records(name, data)
            box.records += found
            page = wacz.page_of(found, capture.final_url, _title(kept, case))
            if page is not None:
                box.shown.append(page)


def _title(kept: StoredCapture, case: Case) -> str:
    """What the page was called when it was captured, or the host's name."""
    looks = case.looks if kept.host == case.host else ()
    return next((v.title for v in looks if v.at <= kept.capture.at and v.title), kept.host)


def _tell(
    box: _Box, case: Case, outside: Outside, tools: Tools, about: About, now: datetime
) -> None:
    """Put in what is said about it all: packet, report, custody."""
    said = packet.packet(
        case,
        outside,
        box.exhibits,
        {
            "title": about.title,
            "description": about.description,
            "main_url": about.main_url,
            "main_at": about.main_at,
            "software": about.software,
        },
        now,
    )
    html = report.render(
        case,
        outside,
        said,
        box.exhibits,
        _picture(box, case.captures, case.host),
        _picture(box, case.seed_captures, case.seeds[0] if case.seeds else case.host),
        now,
        is_dated=tools.date is not None,
        limits=list(_limits(case)),
    )
    box.members |= {
        packet.PACKET: packet.encoded(said),
        packet.SCHEMA: packet.schema(),
        report.REPORT: html,
    }
    printed = tools.print_pdf(html) if tools.print_pdf is not None else None
    if printed is not None:
        box.members[report.PDF] = printed
    held = {path: sha256(data).hexdigest() for path, data in box.members.items()}
    told = acts(case, box.exhibits, held, tools.actor, f"mirrorhunt {__version__}", now)
    box.members[manifest.CHAIN] = manifest.chain(told)


def _limits(case: Case) -> Iterator[str]:
    if not any(has(c, "screenshot") for c in case.captures):
        yield "What it looks like: no browser drew it, so there is no picture."
    if not case.is_seed and not case.seed_captures:
        yield "That it looks like the network: no seed of it is in the archive to compare with."
    if any(c.capture.vantage == "manual" for c in case.captures):
        yield "What a person brought in by hand: this program did not see it served."


def _picture(box: _Box, captures: Sequence[StoredCapture], host: str) -> report.Picture:
    """The screenshot that was put in of the first of *captures* that has one."""
    held = {e.sha256: box.members[e.path] for e in box.exhibits if e.type == "screenshot"}
    for kept in chosen(captures, MAX_CAPTURES):
        for file in kept.capture.files:
            if file.role == "screenshot" and file.digest in held:
                return report.picture(kept, host, file, held[file.digest])
    return report.picture(captures[0] if captures else None, host)


def _sealed(
    members: dict[str, bytes], tools: Tools, about: About
) -> tuple[dict[str, bytes], Dated | None]:
    """*members* with the manifest, the date and the data package."""
    sealed = dict(sorted(members.items()))
    listing = manifest.manifest({p: sha256(d).hexdigest() for p, d in sealed.items()})
    sealed[manifest.MANIFEST] = listing
    dated = tools.date(listing) if tools.date is not None else None
    if dated is not None:
        sealed |= {timestamps.QUERY: dated.query, timestamps.REPLY: dated.reply}
        if dated.certificates:
            sealed[timestamps.CERTIFICATES] = dated.certificates
    package = wacz.datapackage(
        (Member(p, len(d), sha256(d).hexdigest()) for p, d in sealed.items()), about
    )
    # First, as replay tools that read a remote file look for it early.
    first = {wacz.DATAPACKAGE: package, wacz.DIGEST: wacz.digest(package)}
    return first | sealed, dated
