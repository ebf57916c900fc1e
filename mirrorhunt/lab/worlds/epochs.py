"""A network over a month: it moves, loses names, gets some back, and strangers take others.

The same Internet on the days 0, 7 and 30, and twice more after each of the later two, as nobody
can tell by one look what is gone and what is away. Members hop, and the old address is dead,
parked, seized or leads to the new one. Some names are dropped and have another owner after that,
as the registry's date shows, while old mirrors still list them. Some are away for a day only,
because their hoster is, and one is given up and restored by the same owner. What is true of a
name on one day is not on another; only the days together tell whether verdicts follow.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from mirrorhunt.lab.world import MEMBER, Dns, Html, Redirect, RegistrationData, Reset, World
from mirrorhunt.lab.worlds import worlds
from mirrorhunt.lab.worlds._background import add_background
from mirrorhunt.lab.worlds._draft import Account, Draft, HostDraft, Hoster
from mirrorhunt.lab.worlds._names import SUFFIXES, Brand, brands, invented
from mirrorhunt.lab.worlds._network import BOTH, LANDING, identity, show
from mirrorhunt.lab.worlds._surroundings import Surroundings

PHASES = {0: 0, 7: 1, 8: 1, 11: 1, 30: 2, 31: 2, 34: 2}
"""Day to the column of a story. An outage is over on the day after."""
DAYS = tuple(PHASES)
BACKGROUND_COUNT = 60
_TODAY = datetime(2026, 11, 24, tzinfo=UTC)
_PARKED = Dns(a=("185.53.179.7",), ns=("ns1.sedoparking.com", "ns2.sedoparking.com"))
_FOR_SALE = Dns(a=("185.230.63.9",), ns=("ns1.brandbourse.net", "ns2.brandbourse.net"))
_SEIZED = Dns(a=("185.199.12.4",), ns=("ns1.lawful-viewing-dns.org",))

# (what it tells, its fate in each of the phases, day on which somebody else registered it).
# ``>NAME`` leads to another story. Chains are hops: "" is a name that nobody has yet.
_STORIES: tuple[tuple[str, tuple[str, str, str], int | None], ...] = (
    ("first", ("live", ">second", "dead"), None),
    ("second", ("", "live", "seized"), None),
    ("third", ("", "", "live"), None),
    ("left", ("live", "dead", "dead"), None),
    ("moved", ("", "live", ">again"), None),
    ("again", ("", "", "live"), None),
    ("abandoned", ("live", "parked", "parked"), None),
    ("successor", ("", "live", "live"), None),
    ("taken", ("live", "seized", "seized"), None),
    ("untaken", ("", "live", "live"), None),
    ("dropped", ("live", "dead", "stranger"), 20),
    ("caught", ("live", "stranger", "stranger"), 3),
    ("captured", ("live", "dead", "rival"), 15),
    ("offered", ("live", "parked", "for_sale"), None),
    ("bought", ("live", "for_sale", "stranger"), 25),
    ("silent_hoster", ("live", "outage_dns", "live"), None),
    ("broken_hoster", ("live", "outage_reset", "live"), None),
    ("idle_hoster", ("live", "outage_page", "live"), None),
    ("late_outage", ("live", "live", "outage_dns"), None),
    ("restored", ("live", "dead", "live"), None),
    ("redeemed", ("live", "parked", "live"), None),
    ("stays_1", ("live", "live", "live"), None),
    ("stays_2", ("live", "live", "live"), None),
    ("stays_3", ("live", "live", "live"), None),
    ("stays_4", ("live", "live", "live"), None),
    ("stays_5", ("live", "live", "live"), None),
)
_STAY = ("stays_1", "stays_2", "stays_3", "stays_4", "stays_5")
# Who announces the next address of a chain: those who stay do, on the day it is there.
_HOPS = (
    ("first", "second"),
    ("second", "third"),
    ("left", "moved"),
    ("moved", "again"),
    ("abandoned", "successor"),
    ("taken", "untaken"),
)


def build(seed: int = 1, day: int | None = None) -> World:
    """The world that grows from *seed*, on its first day, with those that follow in ``later``.

    With a *day*, that one alone.
    """
    days: list[World] = []
    for number in DAYS:
        today = _Month(seed).on(number)
        before = {name for world in days for name in world.reached()}
        days.append(replace(today, known=tuple(sorted(before & today.hosts.keys()))))
    if day is not None:
        return days[DAYS.index(day)]
    return replace(days[0], later=dict(zip(DAYS[1:], days[1:], strict=True)))


worlds.offer(build)


@dataclass(frozen=True, slots=True)
class _Story:
    name: str
    brand: Brand
    fates: tuple[str, str, str]
    registered_at: datetime
    """By the network."""
    taken_on: int | None
    """The day on which a stranger registered it."""


class _Month:
    """Builds the days of one seed: whatever a day does not change is drawn alike on each."""

    def __init__(self, seed: int) -> None:
        self.draft = draft = Draft("epochs", seed, "epochs")
        self.found = brands(draft.rng)
        self.hoster = draft.hoster("vantrahost.net", 4)
        self.elsewhere = draft.hoster("bottegaweb.net", 3)
        player = f"{invented(draft.rng, 3)}play.net"
        self.who = identity(draft, self.found[0].shown, player, self.hoster)
        rival = f"{invented(draft.rng, 3)}kick"
        self.rival = Brand(rival, "it")
        self.theirs = identity(draft, rival.capitalize(), f"{rival}cast.net", self.elsewhere)
        self.stories = _stories(draft.rng, self.found[:3])

    def on(self, day: int) -> World:
        """The world of *day*."""
        draft, number = self.draft, PHASES[day]
        self.has_outages = day in (7, 30)
        for key in _STAY:
            self._tell(key, number)
        live = [self.stories[key].name for key in _STAY]
        around = Surroundings(draft, self.found[0], self.who, live, self.hoster)
        _lawful(around)
        for name in add_background(draft, BACKGROUND_COUNT)[:15]:
            draft.lead(draft.rng.choice(live), name, "link")
        for key in self.stories:
            if key not in _STAY:
                self._tell(key, number)
        self._link(number)
        # Whoever starts from what is gone is told so: on the last days they know of another.
        seed = self.stories["first" if number < 2 else "stays_1"]
        return draft.build((seed.name,), tuple(sorted(around.protect)), (), {})

    def _tell(self, key: str, number: int) -> None:
        """Add the host of a story as it is on one day; what it draws depends on it alone."""
        story = self.stories[key]
        fate = story.fates[number]
        if fate.startswith("outage") and not self.has_outages:
            fate = "live"
        before, self.draft.rng = self.draft.rng, random.Random(f"{self.draft.seed} {story.name}")
        if fate in ("stranger", "rival"):
            self._give_away(story, fate)
        elif fate:
            self._keep(story, fate)
        self.draft.rng = before

    def _give_away(self, story: _Story, fate: str) -> None:
        dns = self.elsewhere.dns(self.draft.rng)
        assert story.taken_on is not None
        if fate == "stranger":
            host = self.draft.add(story.name, "reregistered", dns)
            shown = {"brand": story.brand.shown, "trade": "Blog", "language": "it"}
            self.draft.page(host, "ordinary", theme=7, **shown)
        else:
            host = self.draft.add(story.name, "rival_took", dns, network="rivale", relations=BOTH)
            show(self.draft, host, self.rival, self.theirs, "other_template")
            # The inner pages are in our network's own template: a rival has none of them.
            for path in [p for p, b in host.routes.items() if isinstance(b, Html) and p != "/"]:
                del host.routes[path]
        host.registered_at = _TODAY + timedelta(days=story.taken_on, hours=9)

    def _keep(self, story: _Story, fate: str) -> None:
        draft, rng = self.draft, self.draft.rng
        homes: tuple[Account | Hoster, ...] = (*self.who.accounts, self.who.hoster)
        home = rng.choice(homes).dns(rng)
        state = {"outage_dns": "dead", "outage_reset": "dead", "outage_page": "error"}.get(
            fate, "live" if fate.startswith(">") else fate
        )
        host = draft.add(
            story.name,
            MEMBER,
            home,
            state=state,
            network=draft.network,
            relations=BOTH,
            https=state in ("live", "error") or fate == "outage_reset",
        )
        host.registered_at = story.registered_at
        if state == "live":
            show(draft, host, story.brand, self.who, "full")
        if fate.startswith("outage"):
            host.truth = replace(host.truth, is_outage=True)
        _FATES.get(fate, _nothing)(draft, host)

    def _link(self, number: int) -> None:
        """Those who stay list the others; the seed's page is the first to say where to go."""
        draft = self.draft
        stay = [self.stories[key].name for key in _STAY]
        there = {key: s.name for key, s in self.stories.items() if s.name in draft.hosts}
        live = {
            key
            for key in there
            if draft.hosts[there[key]].truth.state == "live"
            and draft.hosts[there[key]].truth.kind == MEMBER
            and not self.stories[key].fates[number].startswith(">")
        }
        rng = random.Random(f"links {draft.seed}")
        for key, name in there.items():
            # Old lists are never tidied: what is listed once stays listed.
            listing = [source for source in rng.sample(stay, 2) if source != name]
            for source in listing:
                draft.lead(source, name, rng.choice(("announcement", "link")), region="body")
            if key in live and name not in stay:
                draft.lead(name, rng.choice(stay), "link", region="template")
        for source, target in pairwise(stay):
            draft.lead(source, target, "announcement")
        for old, new in _HOPS:
            fate = self.stories[old].fates[number]
            if fate == f">{new}":
                draft.moves(there[old], there[new], "redirect")
            elif new in there:
                draft.lead(stay[0], there[new], "announcement")
        first = there["first"]
        if "first" in live:
            for name in stay[:2]:
                draft.lead(first, name, "announcement")
        # The seed is what somebody once gave: in the last phase nothing answers there any more.
        elif number == 1:
            draft.lead(there["second"], stay[0], "announcement")


def _stories(rng: random.Random, found: tuple[Brand, ...]) -> Mapping[str, _Story]:
    main, *others = found
    suffixes = rng.sample(SUFFIXES[:24], 20)
    label, start = main.label, rng.randrange(3, 40)
    counted = rng.choice(("xyz", "online", "site"))
    named = {
        "first": f"{label}{start}.{counted}",
        "second": f"{label}{start + 1}.{counted}",
        "third": f"{label}{start + 2}.{counted}",
        "abandoned": f"{label}tv.{suffixes[0]}",
        "successor": f"{label}tv.{suffixes[1]}",
        "taken": f"{others[0].label}{start}.top",
        "untaken": f"{others[0].label}{start + 1}.top",
        "bought": f"{invented(rng)}.{suffixes[3]}",
        "stays_4": f"{invented(rng)}.{suffixes[4]}",
        "caught": f"{others[1].label}.{suffixes[5]}",
        "stays_5": f"{others[1].label}hd.{suffixes[6]}",
    }
    free = iter(suffixes)
    stories = {}
    for key, fates, taken_on in _STORIES:
        name = named.get(key) or f"{label}.{next(free)}"
        brand = next((b for b in found if name.startswith(b.label)), main)
        there_since = next(n for n, fate in enumerate(fates) if fate)
        age_days = rng.randrange(2, 5) if there_since else rng.randrange(60, 500)
        registered_at = _TODAY + timedelta(days=DAYS[there_since] - age_days, hours=6)
        stories[key] = _Story(name, brand, fates, registered_at, taken_on)
    return stories


# ---------------------------------------------------------------- what becomes of a name


def _nothing(draft: Draft, host: HostDraft) -> None:
    """It is as it was."""


def _dead(draft: Draft, host: HostDraft) -> None:
    host.dns = Dns(rcode="NXDOMAIN")


def _parked(draft: Draft, host: HostDraft) -> None:
    host.dns = _PARKED
    draft.page(host, "parked", "/*", service="sedoparking.com")


def _for_sale(draft: Draft, host: HostDraft) -> None:
    host.dns = _FOR_SALE
    draft.page(host, "for_sale", "/*", service="sedo.com")


def _seized(draft: Draft, host: HostDraft) -> None:
    host.dns = _SEIZED
    host.routes["/*"] = Redirect(f"https://{LANDING}/watch-legally", 302)


def _outage_dns(draft: Draft, host: HostDraft) -> None:
    """Its nameservers are overrun."""
    host.dns = Dns(ns=host.dns.ns, rcode="SERVFAIL")


def _outage_reset(draft: Draft, host: HostDraft) -> None:
    """Its hoster's machine takes no connections."""
    host.routes["/*"] = Reset()


def _outage_page(draft: Draft, host: HostDraft) -> None:
    """Its hoster says that it works on it."""
    draft.refuse(host, "hosting_default", 503)


_FATES = {
    "dead": _dead,
    "parked": _parked,
    "for_sale": _for_sale,
    "seized": _seized,
    "outage_dns": _outage_dns,
    "outage_reset": _outage_reset,
    "outage_page": _outage_page,
}


def _lawful(around: Surroundings) -> None:
    """Those it takes from, who write about it, and the registries."""
    for name, kind, template, sector in (
        ("legaprimadivisione.it", "league", "corporate", "campionato di calcio"),
        ("arenacalcio-tv.it", "broadcaster", "broadcaster", "streaming"),
        (LANDING, "seizure_landing", "corporate", "antipiracy"),
    ):
        around.site(name, kind, template, sector=sector)
        around.protect.append(name)
    around.from_members("legaprimadivisione.it", count=2)
    landing = around.draft.hosts[LANDING]
    around.draft.page(landing, "watch_legally", "/watch-legally", brand="Alliance")
    around.site("rdap.org", "platform", "library").routes["/domain/*"] = RegistrationData()
    around.protect.append("rdap.org")
    for ending in ("news.it", "post.com", "blog.it"):
        name = f"{invented(around.rng, 3)}-{ending}"
        around.site(name, "news_article", "article", topic=around.brand.shown, language="it")
        around.to_members(name, 3)
        around.from_members(name)
    for n in range(4):
        name = f"{invented(around.rng)}flix{n}.to"
        around.site(
            name,
            "friend_pirate",
            "bazaar",
            language="en",
            ids=(f"zone:90{n}17",),
            handle=f"friend{n}tv",
            asset_base=f"/s{n}",
        )
        around.from_members(name, count=2)
    label = around.brand.label
    for n, suffix in enumerate(("ch", "at", "store", "blog")):
        kind = "defensive" if n < 2 else "same_label"
        if n < 2:
            around.site(f"{label}.{suffix}", kind, "holding", owner="Lega")
        else:
            around.site(f"{label}.{suffix}", kind, "ordinary", theme=n, trade="Servizi")
