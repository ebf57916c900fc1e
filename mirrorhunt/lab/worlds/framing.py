"""A network that frames others: every row of the forgery table, each with victims of its own.

The same Internet on two days. On the first the network is as it is; two weeks later its operator,
outsiders and visitors make whom they can look guilty: by links, redirects, DNS records, copied
accounts and whole pages, names, tokens, certificates and comments. The victims are shops,
broadcasters that do stream, newspapers, clubs and other pirates. Thirty mirrors are to be found by
honest ways meanwhile, so that to publish nobody is no way out.
"""

from dataclasses import replace
from datetime import UTC, datetime

from mirrorhunt.lab.world import (
    MEMBER,
    Certificate,
    Content,
    Html,
    Redirect,
    RegistrationData,
    World,
)
from mirrorhunt.lab.worlds import worlds
from mirrorhunt.lab.worlds._background import add_background
from mirrorhunt.lab.worlds._draft import Account, Draft, Hoster, icon
from mirrorhunt.lab.worlds._names import SUFFIXES, Brand, brands, invented
from mirrorhunt.lab.worlds._network import BOTH, identity, show
from mirrorhunt.lab.worlds._victims import Victim, add_victim, wear

ATTACKED_ON = 14
"""The day on which the framing is seen."""
BACKGROUND_COUNT = 40
PER_KIND = 5
_MOVERS = 6
_MIRRORS = 30
_WAYS = ("announcement", "link", "text", "frame", "canonical", "alternate", "certificate")
_REDIRECTS = ("redirect", "meta_refresh", "script_redirect")
_KINDS = (
    "framed_by_link",
    "framed_by_redirect",
    "framed_by_banner",
    "framed_by_dns",
    "framed_by_certificate",
    "framed_by_copied_ids",
    "framed_by_copied_page",
    "framed_from_birth",
    "copied_token",
    "links_to_member",
    "hacked_site",
    "open_redirect",
    "same_nameservers",
    "same_address",
    "same_hoster_certificate",
    "registered_together",
    "listed_by_third_party",
    "commented",
)
_REGISTERED_AT = datetime(2025, 11, 3, 9, tzinfo=UTC)


def build(seed: int = 1) -> World:
    """The world that grows from *seed*, on its first day, with the second in ``later``."""
    return replace(_Plot(seed).world(), later={ATTACKED_ON: _Plot(seed).attacked()})


worlds.offer(build)


class _Plot:
    """Builds one day. Whatever the day does not change is drawn alike on each."""

    def __init__(self, seed: int) -> None:
        self.draft = draft = Draft("framing", seed, "framing")
        self.rng = draft.rng
        self.brand: Brand = brands(self.rng)[0]
        self.hoster = draft.hoster("vantrahost.net", 3)
        player = f"{invented(self.rng, 3)}play.net"
        self.who = identity(draft, self.brand.shown, player, self.hoster)
        self.seed, *movers = self._members()
        self.movers = movers[:_MOVERS]
        """Known from the first day, like the seed, and used up for the framing."""
        self.dressed = movers[_MOVERS:]
        """Known too, and dressed up."""
        self._mirrors()
        self.victims: dict[str, list[Victim]] = {
            kind: [add_victim(draft, kind, n) for n in range(PER_KIND)] for kind in _KINDS
        }
        self._neighbours()
        self._defensive()
        for name in add_background(draft, BACKGROUND_COUNT)[:20]:
            draft.lead(self.seed, name, "link")
        self._sources()

    def world(self) -> World:
        """The world of today."""
        known = (self.seed, *self.movers, *self.dressed)
        listed = tuple(v.name for v in self.victims["listed_by_third_party"])
        return self.draft.build(known, tuple(self.protect), listed, {})

    # ------------------------------------------------------------ the honest part

    def _live(self, name: str, style: str = "full") -> str:
        homes: tuple[Account | Hoster, ...] = (*self.who.accounts, self.hoster)
        dns = self.rng.choice(homes).dns(self.rng)
        host = self.draft.add(name, MEMBER, dns, network="framing", relations=BOTH)
        show(self.draft, host, self.brand, self.who, style)
        host.upgrades = False
        host.certificate = Certificate(name, (name, f"www.{name}"))
        return name

    def _members(self) -> list[str]:
        label = self.brand.label
        suffixes = self.rng.sample(SUFFIXES[:24], 12)
        names = [f"{label}.{suffix}" for suffix in suffixes]
        return [self._live(name) for name in names[:12]]

    def _mirrors(self) -> None:
        """Thirty to be found: by every way, and some behind those found first."""
        found: list[str] = []
        affixes = ("tv", "hd", "-live", "-streaming", "4k", "s")
        for n in range(_MIRRORS):
            shape = n % 3
            if shape == 0:
                name = f"{self.brand.label}{affixes[n // 3 % 6]}{n // 18 or ''}.{SUFFIXES[n]}"
            elif shape == 1:
                name = f"{self.brand.label}{n}.{SUFFIXES[(n + 7) % 30]}"
            else:
                name = f"{invented(self.rng, 5)}.{SUFFIXES[(n + 13) % 30]}"
            source = self.seed if n < 12 else found[n - 12]
            self._live(name, ("full", "new_ids", "no_ids")[n % 3] if n % 5 else "full")
            way = _WAYS[n % len(_WAYS)]
            if way == "certificate":
                self._certified(source, name)
            else:
                region = "template" if way == "link" else "body"
                self.draft.lead(source, name, way, region=region)
            found.append(name)
        self.mirrors = found

    def _certified(self, source: str, name: str) -> None:
        """One certificate for both; who has one already is announced instead."""
        shared = self.draft.hosts[source].certificate
        if shared is not None and len(shared.names) > 2:
            self.draft.lead(source, name, "announcement")
            return
        self.draft.shared_certificate([source, name])

    def _sources(self) -> None:
        """Where one looks registrations up, and the library that pages load."""
        self.protect = ["rdap.org", "cdn.jsdelivr.net"]
        for name in self.protect:
            host = self.draft.add(
                name, "platform", self.draft.hoster(f"ns-{name}", 1).dns(self.rng)
            )
            self.draft.page(host, "platform", brand="Platform")
        self.draft.hosts["rdap.org"].routes["/domain/*"] = RegistrationData()

    # ------------------------------------------------------------ near by chance

    def _neighbours(self) -> None:
        """The same account pair, address or hoster's certificate; bought on the same day."""
        for victim in self.victims["same_nameservers"]:
            host = self.draft.hosts[victim.name]
            host.dns = self.who.accounts[0].dns(self.rng)
        for victim in self.victims["same_address"]:
            host = self.draft.hosts[victim.name]
            host.dns = replace(host.dns, a=self.hoster.dns(self.rng).a)
        crowd = [v.name for v in self.victims["same_hoster_certificate"]]
        strangers = [f"{invented(self.rng, 4)}-kunde{n}.de" for n in range(12)]
        names = (self.dressed[0], *crowd, *strangers)
        certificate = Certificate("vantrahost default", names)
        for name in (self.dressed[0], *crowd):
            self.draft.hosts[name].certificate = certificate
        for name in (*self.movers, *(v.name for v in self.victims["registered_together"])):
            self.draft.hosts[name].registered_at = _REGISTERED_AT

    def _defensive(self) -> None:
        """The brand's label in other hands: rights holders', and somebody's by chance."""
        label = self.brand.label
        free = (s for s in ("tech", "store", "app", "dev", "ch", "at", "se", "mobi", "blog", "be"))
        owner = "campionato-diritti.it"
        league = self.draft.add(
            owner, "rights_holder", self.draft.hoster("ns-lega.it", 1).dns(self.rng)
        )
        self.draft.page(league, "corporate", brand="Lega", sector="rights")
        for n in range(4):
            name = f"{label}.{next(free)}"
            host = self.draft.add(name, "defensive_registration", league.dns)
            if n % 2:
                host.routes["/*"] = Redirect(f"https://{owner}/", 301)
            else:
                self.draft.page(host, "holding", owner="Lega")
        for n in range(4):
            add_victim(self.draft, "same_label", n, name=f"{label}.{next(free)}")
        self.draft.lead(self.seed, f"{label}.tech", "link")

    # ------------------------------------------------------------ two weeks later

    def attacked(self) -> World:
        """The world of the second day."""
        for kind in _KINDS:
            for victim in self.victims[kind]:
                # A victim has to be looked at: somebody brings it up.
                self.draft.lead(self.seed, victim.name, "link")
        self._named_by_members()
        self._records_of_members()
        self._copied_by_members()
        self._dressed_from_birth()
        self._done_by_others()
        self._proxies()
        return self.world()

    def _named_by_members(self) -> None:
        for source in (self.seed, *self.dressed):
            for victim in self.victims["framed_by_link"]:
                self.draft.lead(source, victim.name, "link", region="template")
                self.draft.lead(source, victim.name, "frame")
                self.draft.lead(source, victim.name, "text")
        for n, victim in enumerate(self.victims["framed_by_redirect"]):
            self.draft.hosts[self.movers[n]].routes.clear()
            self.draft.hosts[self.movers[n]].leads.clear()
            self.draft.moves(self.movers[n], victim.name, _REDIRECTS[n % 3])
        for victim in self.victims["framed_by_banner"]:
            for how in ("announcement", "canonical", "alternate"):
                self.draft.lead(self.seed, victim.name, how)
        for victim in self.victims["commented"]:
            for source in (self.seed, *self.dressed):
                self.draft.lead(source, victim.name, "link", region="comments")

    def _records_of_members(self) -> None:
        """A, NS and MX of known members are the victims', and so are names in certificates."""
        for n, victim in enumerate(self.victims["framed_by_dns"]):
            theirs = self.draft.hosts[victim.name].dns
            self.draft.hosts[self.movers[n]].dns = theirs
        mover = self.draft.hosts[self.movers[-1]]
        named = tuple(v.name for v in self.victims["framed_by_certificate"])
        mover.certificate = Certificate("self made", (mover.name, *named), "self_signed")

    def _copied_by_members(self) -> None:
        """Accounts, tokens and handles of victims on known members, and one page as a whole."""
        for name in self.dressed[:2]:
            for kind in ("framed_by_copied_ids", "copied_token"):
                for victim in self.victims[kind]:
                    self._paste(name, victim, kind)
        for name, victim in zip(
            self.dressed[2:], self.victims["framed_by_copied_page"], strict=False
        ):
            self._dress(name, victim)

    def _paste(self, name: str, victim: Victim, kind: str) -> None:
        front = self.draft.hosts[name].routes["/"]
        assert isinstance(front, Html)
        ids = front.values.get("ids", ())
        tokens = front.values.get("tokens", ())
        assert isinstance(ids, tuple)
        assert isinstance(tokens, tuple)
        account, container, publisher = victim.ids
        new = (f"ga:{account}", f"gtm:{container}", f"adsense:{publisher}")
        values = dict(front.values) | {"tokens": (*tokens, victim.token)}
        if kind == "framed_by_copied_ids":
            values |= {"ids": (*ids, *new), "handle": victim.handle, "site_name": victim.brand}
            self.draft.hosts[name].routes["/favicon.png"] = Content(icon(victim.name), "image/png")
        self.draft.page(self.draft.hosts[name], front.template, "/", **values)

    def _dress(self, name: str, victim: Victim) -> None:
        """Let *name* wear the very page of *victim*, and say that this is where it is."""
        url = f"https://{victim.name}/"
        page = victim.page(
            head=f'<link rel="canonical" href="{url}">',
            body=f'<div class="notice">Il nostro nuovo indirizzo è <a href="{url}">'
            f'{victim.name}</a></div><iframe src="{url}"></iframe>',
        )
        wear(self.draft.hosts[name], victim, page)

    def _dressed_from_birth(self) -> None:
        """Two new mirrors for each victim, which never showed anything else."""
        for n, victim in enumerate(self.victims["framed_from_birth"]):
            for suffix in ("lol", "fun"):
                name = f"{self.brand.label}-{n}x.{suffix}"
                self._live(name)
                self._dress(name, victim)
                self.draft.lead(self.seed, name, "announcement")

    # ------------------------------------------------------------ by outsiders and visitors

    def _done_by_others(self) -> None:
        seed_url = f"https://{self.seed}/"
        link = f'<a href="{seed_url}">{self.brand.shown}</a>'
        written = f"<li>{link} @{self.who.handle} {self.who.email} {self.who.wallet}</li>"
        for victim in self.victims["links_to_member"]:
            self._show(victim, body=f"<p>Where we watch: {link} {self.seed}</p>")
        for victim in self.victims["commented"]:
            self._show(victim, comments=written * 3)
        for victim in self.victims["listed_by_third_party"]:
            self._show(victim, body=f"<p>{self.brand.shown}</p>")
        for n, victim in enumerate(self.victims["hacked_site"]):
            host = self.draft.hosts[victim.name]
            if n < 3:
                head = f'<link rel="canonical" href="{seed_url}">' * (n > 0)
                footer = f'<div class="menu-links"><nav>{link}</nav></div>'
                frame = f'<iframe src="{seed_url}"></iframe>' * (n > 1)
                self._show(victim, head=head, body=footer + frame)
            else:
                host.routes.clear()
                self.draft.moves(victim.name, self.seed, ("redirect", "script_redirect")[n % 2])
        for victim in self.victims["open_redirect"]:
            host = self.draft.hosts[victim.name]
            host.routes["/out"] = Redirect(seed_url, 302)
            self.draft.lead(self.seed, victim.name, "link", to_path="/out")

    def _show(self, victim: Victim, **more: str) -> None:
        wear(self.draft.hosts[victim.name], victim, victim.page(**more))

    def _proxies(self) -> None:
        """Strangers serve copies of the network's page, and are paid for it."""
        for n in range(PER_KIND):
            name = f"{self.brand.label}-proxy{n}.{('icu', 'buzz', 'cyou', 'rest', 'cam')[n]}"
            host = self.draft.add(
                name,
                "proxied_by_stranger",
                self.draft.hoster(f"cheapvps{n}.net", 2).dns(self.rng),
                network="framing",
                relations=frozenset({"mirror"}),
            )
            show(self.draft, host, self.brand, self.who, "full")
            front = host.routes["/"]
            assert isinstance(front, Html)
            own = {
                "ids": (*self.who.ids, f"adsense:77{n}0000000000000"),
                "wallet": "",
                "email": "",
            }
            values = dict(front.values) | own | {"handle": f"unblockproxybot{n}"}
            self.draft.page(host, front.template, "/", **values)
            self.draft.lead(self.mirrors[n], name, "link")
