"""The vocabulary of mirrorhunt as frozen dataclasses.

Spiders yield `Visit` and `Candidate`; pipelines hand them on, filled in; the store keeps them;
judging reads them back as `mirrorhunt.facts` and weighs them into `Evidence`. Kinds
are text, so that a new kind needs no migration. Instants are aware UTC.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from mirrorhunt.names import registrable_domain
from mirrorhunt.page import Page
from mirrorhunt.rendering import Capture, Rendering


class Availability(StrEnum):
    """What state a host is in, seen from one vantage; judged before anything it serves counts."""

    UNRESOLVED = "unresolved"
    """No address, or never looked at."""
    LIVE = "live"
    CHALLENGE = "challenge"
    """A human test stands before the page; what is behind it was not observed."""
    RESTRICTED = "restricted"
    """Refused here: by country, by log-in, by rate."""
    BLOCKED = "blocked"
    """Somebody between us and the host answers in its place (451, a stop page)."""
    PARKED = "parked"
    FOR_SALE = "for_sale"
    SEIZED = "seized"
    SINKHOLED = "sinkholed"
    ERROR = "error"
    """It answers, but not with a page."""
    DEAD = "dead"
    """Does not exist, or does not answer."""


class Verdict(StrEnum):
    """What the policy, or a person, concludes about a host and a network."""

    CANDIDATE = "candidate"
    PROBABLE = "probable"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    PROTECTED = "protected"


class Side(StrEnum):
    """Who is able to bring a piece of evidence about."""

    CANDIDATE = "candidate"
    """Seen on the candidate itself."""
    KNOWN = "known"
    """Said or done by a known member alone: a lead, never proof."""
    JOINT = "joint"
    """Needs control of both."""


class Relation(StrEnum):
    """How a member belongs to its network; each is scored by itself."""

    MIRROR = "mirror"
    """Serves what the network serves."""
    OPERATOR = "operator"
    """Is run by whoever runs the network."""


BOTH = frozenset({Relation.MIRROR, Relation.OPERATOR})
MIRROR_ONLY = frozenset({Relation.MIRROR})
OPERATOR_ONLY = frozenset({Relation.OPERATOR})


# ---------------------------------------------------------------- what one look at a host saw


class Rcode(StrEnum):
    """How a DNS question ended. Only NXDOMAIN says that a name does not exist."""

    NOERROR = "NOERROR"
    NXDOMAIN = "NXDOMAIN"
    SERVFAIL = "SERVFAIL"
    REFUSED = "REFUSED"
    TIMEOUT = "TIMEOUT"
    """The nameserver did not answer: says nothing about the name."""
    GARBAGE = "GARBAGE"
    """The nameserver's answer could not be read."""


@dataclass(frozen=True, slots=True)
class DnsFacts:
    """What DNS says about one host. Empty tuples where there is no such record."""

    rcode: Rcode
    """Of the address question."""
    addresses: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    """The CNAME chain, in order, without the name itself."""
    nameservers: tuple[str, ...] = ()
    """Of the registrable domain, sorted."""
    mail_exchangers: tuple[str, ...] = ()
    soa_rname: str | None = None
    """The zone's contact as written in its SOA, a host-like name; None if not asked or absent."""
    texts: tuple[str, ...] = ()
    """TXT records of the registrable domain, sorted; the long ones and all beyond a few left
    out."""
    reverse_name: str | None = None
    """What the address that served the page is called, where that name leads back to it."""


@dataclass(frozen=True, slots=True)
class PeerCertificate:
    """The certificate a TLS peer presented, trusted or not: a broken one is an observation."""

    names: tuple[str, ...]
    """DNS names it is valid for, wildcards as ``*.x``; lower-case A-labels, at most 200."""
    names_count: int
    """How many it really carries."""
    spki_sha256: str
    """Hex digest of the SubjectPublicKeyInfo: the key, whatever certificate carries it."""
    issuer: str
    not_before: datetime
    not_after: datetime
    is_self_signed: bool
    organization: str | None = None
    """The subject's organization (OV and EV certificates); None for the usual DV one."""


class FailureKind(StrEnum):
    """Why a look at a host brought no page."""

    UNRESOLVED = "unresolved"
    TIMEOUT = "timeout"
    REFUSED = "refused"
    RESET = "reset"
    TLS = "tls"
    TOO_LARGE = "too_large"
    REDIRECT_LOOP = "redirect_loop"
    GUARDED = "guarded"
    """An address or port that the guard refuses: nothing was sent."""
    UNREADABLE = "unreadable"
    """It sent something that is no HTTP response."""
    OWN = "own"
    """Ours: no network, dead resolver. Never stored as a fact about the target."""


@dataclass(frozen=True, slots=True)
class Failure:
    kind: FailureKind
    detail: str


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of a redirect chain."""

    url: str
    status: int
    to_url: str
    how: str
    """``redirect`` (HTTP 3xx), ``meta_refresh``, ``script_redirect``, or ``browser``: a script
    sent it on that only ran in one."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """Another host that a look at a host brought up, and how.

    Kept as an observation of the host it was read from. It becomes a `Candidate` where that host
    stands in a network.
    """

    host: str
    how: str
    """``redirect``, ``meta_refresh``, ``script_redirect``, ``canonical``, ``alternate``,
    ``frame``, ``announcement`` (the page says: our new address), ``link``, ``text``,
    ``certificate`` …: the observation's kind is ``to_`` + this."""
    region: str
    """``head``, ``template`` (header, navigation, footer), ``body``, ``comments`` (written by
    visitors), ``script``, ``http`` or ``tls``."""
    technique: str
    """The spider that read it."""
    because: str
    """One sentence that a reviewer can read."""


@dataclass(frozen=True, slots=True)
class Observation:
    """A value that a host showed. ``kind`` names the indicator or pointer it was read by."""

    kind: str
    value: str
    region: str = ""


@dataclass(frozen=True, slots=True)
class Ruling:
    """The availability that a rule found, and the rule."""

    availability: Availability
    rule: str
    """The file of the rule, with the signature where one decided: ``seized:ace``."""
    because: str


@dataclass(frozen=True, slots=True)
class Visit:
    """One look at one host: what a spider yields, and what the pipelines fill in.

    The item of the pipelines is stored in one transaction: a host was looked at, or it was not.
    """

    host: str
    network: str
    technique: str
    vantage: str
    at: datetime
    path: str = "/"
    """What was asked for; ``/`` is the front page, which alone decides availability."""
    dns: DnsFacts | None = None
    certificate: PeerCertificate | None = None
    address: str | None = None
    """The address really connected to at the last hop."""
    chain: tuple[Hop, ...] = ()
    page: Page | None = None
    """The last response, of whatever host the chain ended on; None where there was none."""
    passed: tuple[Page, ...] = ()
    """The host's own pages on the way, left by a meta refresh or a script."""
    fetched: tuple[Page, ...] = ()
    """Every response as it was sent, in order: one for each step of the chain, and the last."""
    rendering: Rendering | None = None
    """What a browser drew of it, where one was sent; ``page`` is then what it drew."""
    profile: str = ""
    """How it was asked for, where not as usual: ``referrer``, ``mobile``."""
    tried: tuple[str, ...] = ()
    """The profiles by which it was asked for in this look, with or without more to see."""
    failure: Failure | None = None
    icon: bytes | None = None
    """The body of the page's icon, where it was asked for."""
    inner_paths: tuple[str, ...] = ()
    """Paths on the host that are worth reading if it stands in a network."""
    pointers: tuple[Pointer, ...] = ()
    ruling: Ruling | None = None
    """Set by the availability step."""
    observations: tuple[Observation, ...] = ()
    """Set by the fingerprint step; empty unless the host is live."""
    capture: Capture | None = None
    """Set by the archive step; None where nothing is kept."""

    @property
    def is_own_page(self) -> bool:
        """True if the page was served by the visited host or its registrable domain."""
        if self.page is None:
            return False
        served_by = registrable_domain(self.page.host) or self.page.host
        return served_by == (registrable_domain(self.host) or self.host)

    @property
    def own_pages(self) -> tuple[Page, ...]:
        """The pages that speak for the host: those passed, and the last if it is its own."""
        if self.page is not None and self.is_own_page:
            return (*self.passed, self.page)
        return self.passed


@dataclass(frozen=True, slots=True)
class Candidate:
    """A host proposed for a network, and why we look at it at all."""

    host: str
    network: str
    technique: str
    seen_on: str | None
    """The host it was read from; None if a variant rule or an operator made it up."""
    because: str
    channel: str = ""
    """What its prior depends on (`mirrorhunt.priors`): ``redirect``, ``announcement``,
    ``link``, ``numbered``, ``other_suffix``, ``listed`` …"""


@dataclass(frozen=True, slots=True)
class StoredObservation:
    """An observation with its history."""

    kind: str
    value: str
    region: str
    first_seen_at: datetime
    last_seen_at: datetime
    is_native: bool
    """True if it was there at the first run that saw the host live. A value that shows up later
    was *adopted*, and says only what the host's operator chose to copy."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for or against a host being in a network."""

    kind: str
    """The file it was weighed by."""
    relations: frozenset[Relation]
    side: Side
    group: str
    """Evidence of one group is not independent: best plus a quarter of the rest, capped."""
    bits: float
    """log2 of the likelihood ratio; negative speaks against."""
    because: str
    value: str = ""
    """The shared value, where there is one."""
    ignored: str = ""
    """Why it counts for nothing; empty where it counts."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with everything it rests on."""

    host: str
    network: str
    verdict: Verdict
    relation: Relation
    score_bits: float
    """Of the better relation; the other is in ``scores``."""
    scores: tuple[tuple[Relation, float], ...]
    prior_bits: float
    evidence: tuple[Evidence, ...]
    """What counted, strongest first, and what was ignored after it."""
    gate: str
    """What let it be probable, or why it cannot be; one sentence."""
    policy: str
    """Version of the policy that concluded it."""
    role: str = ""
    """What it is to the network beside its relation: ``proxy``, ``redirector``, ``hub`` or
    ``successor``; empty where it is just that."""
    flags: tuple[str, ...] = ()
    """What a reviewer must look at: ``decoy`` (a member that does not look like the network),
    ``borrowed`` (shows what belongs to somebody else), ``boilerplate`` (its page stands on many
    unrelated hosts), ``cloaked``."""
    reviewed_by: tuple[str, ...] = ()
    """Whose word it rests on; empty where it is the policy's."""
    is_reopened: bool = False
    """A person decided, and what they saw has changed since."""
