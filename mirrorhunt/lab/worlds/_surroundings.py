"""Everything around a network that could be taken for it: the decoys, kind by kind."""

from dataclasses import replace

from mirrorhunt.lab.world import (
    Certificate,
    Content,
    Dns,
    Redirect,
)
from mirrorhunt.lab.worlds._draft import Draft, HostDraft, Hoster, icon
from mirrorhunt.lab.worlds._names import SUFFIXES, Brand, invented
from mirrorhunt.lab.worlds._network import Identity, code

PLATFORMS = (
    ("facebook.com", "Facebook"),
    ("x.com", "X"),
    ("instagram.com", "Instagram"),
    ("youtube.com", "YouTube"),
    ("discord.gg", "Discord"),
    ("reddit.com", "Reddit"),
    ("tiktok.com", "TikTok"),
    ("play.google.com", "Google Play"),
)
MESSENGER = "t.me"
LIBRARIES = (
    "cdn.jsdelivr.net",
    "cdnjs.cloudflare.com",
    "fonts.googleapis.com",
    "www.googletagmanager.com",
    "www.google-analytics.com",
    "mc.yandex.ru",
    "ajax.googleapis.com",
    "playerlib-cdn.net",
)
AD_HOSTS = (
    "pushlane.com",
    "popsera.net",
    "clickbarn.net",
    "adspuma.com",
    "zonemint.net",
)


class Surroundings:
    """Adds the decoys of one world around the pages that *live* members serve."""

    def __init__(
        self, draft: Draft, brand: Brand, who: Identity, live: list[str], hoster: Hoster
    ) -> None:
        self.draft, self.brand, self.who, self.live = draft, brand, who, live
        self.rng = draft.rng
        self.hoster = hoster
        self.offices = draft.hoster("officehost.net", 12)
        self.protect: list[str] = []

    def add_all(self) -> None:
        """Every kind."""
        self.lawful_industry()
        self.press_and_fans()
        self.name_neighbours()
        self.infrastructure()
        self.platforms()
        self.links_by_others()
        self.framed()

    def site(
        self,
        name: str,
        kind: str,
        template: str,
        *,
        dns: Dns | None = None,
        https: bool = True,
        **values: object,
    ) -> HostDraft:
        """A live decoy with one page and an icon of its own."""
        host = self.draft.add(name, kind, dns or self.offices.dns(self.rng), https=https)
        values.setdefault("brand", name.partition(".")[0].capitalize())
        values.setdefault("icon", "/favicon.ico")
        self.draft.page(host, template, "/", **values)
        host.routes["/favicon.ico"] = Content(icon(name), "image/png")
        return host

    def from_members(self, target: str, technique: str = "link", count: int = 1) -> None:
        """Let some members lead to *target*."""
        for source in self.rng.sample(self.live, count):
            self.draft.lead(source, target, technique)

    def to_members(self, source: str, count: int, *, technique: str = "link") -> None:
        """Let *source* lead to some members."""
        for target in self.rng.sample(self.live, count):
            self.draft.lead(source, target, technique)

    # ------------------------------------------------------------ lawful neighbours

    def lawful_industry(self) -> None:
        """Leagues, broadcasters, rights holders, betting affiliates: named and linked a lot."""
        for kind, template, stems, sector in (
            (
                "league",
                "corporate",
                ("legaprimadivisione", "ligaprimeira-pt", "copanacional"),
                "campionato di calcio",
            ),
            (
                "broadcaster",
                "broadcaster",
                ("sportivopiu", "arenacalcio-tv", "stadio-uno", "golplus-tv"),
                "streaming",
            ),
            (
                "rights_holder",
                "corporate",
                (
                    "mediarights-group",
                    "federcalcio-diritti",
                    "sportrights-eu",
                    "antipirateria-lega",
                ),
                "rights",
            ),
        ):
            for stem in stems:
                host = self.site(
                    f"{stem}.{self.rng.choice(('it', 'com', 'eu'))}",
                    kind,
                    template,
                    brand=stem.capitalize(),
                    sector=sector,
                    ids=(f"gtm:GTM-{stem[:6].upper()}",),
                )
                host.certificate = _validated(host, f"{stem.capitalize()} S.p.A.")
                self.protect.append(host.name)
                self.from_members(host.name, count=2)
        for n in range(8):
            name = f"{invented(self.rng, 3)}-bonus{n}.bet"
            self.site(name, "betting_affiliate", "affiliate", ids=self.who.zones[:0])
            self.from_members(name, count=3)

    def press_and_fans(self) -> None:
        """Newspapers that report on the network, blogs that recommend it."""
        for n in range(14):
            name = f"{invented(self.rng, 3)}-{self.rng.choice(('news', 'gazzetta', 'post'))}.it"
            self.site(name, "news_article", "article", topic=self.brand.shown, language="it")
            self.to_members(name, 3)
            self.to_members(name, 2, technique="text")
            if n < 6:
                self.from_members(name)
        for n in range(8):
            name = f"{invented(self.rng, 3)}-tifosi.{self.rng.choice(('it', 'net', 'com'))}"
            self.site(name, "fan_blog", "fan_blog", topic=self.brand.shown, language="it")
            self.to_members(name, 4)
            if n < 5:
                self.from_members(name)

    def name_neighbours(self) -> None:
        """Names like the network's that are not its: defensive, older than it, or for sale."""
        free = self.free_names()
        owner = self.protect[0]
        for n, name in enumerate(free[:10]):
            if n % 2:
                host = self.draft.add(name, "defensive", self.offices.dns(self.rng))
                host.routes["/*"] = Redirect(f"https://{owner}/", 301)
            else:
                self.site(name, "defensive", "holding", owner=owner.partition(".")[0].capitalize())
        for name in free[10:16]:
            host = self.draft.add(
                name,
                "parked_lookalike",
                Dns(a=("185.53.179.7",), ns=("ns1.sedoparking.com",)),
                state="parked",
                https=False,
            )
            self.draft.page(host, "parked", "/*", service="sedoparking.com")
        for name in free[16:20]:
            host = self.draft.add(
                name, "for_sale_lookalike", self.offices.dns(self.rng), state="for_sale"
            )
            self.draft.page(host, "for_sale", "/*", service="sedo.com")
        label = self.brand.label
        for n, name in enumerate(
            (
                *free[20:24],
                f"{label}-ristorante.it",
                f"agriturismo-{label}.it",
                f"{label}viaggi.com",
                f"{label[:4]}.com",
                f"{label[:5]}.it",
                f"{label[:4]}-design.de",
                f"studio{label}.it",
                f"{label}moto.it",
            )
        ):
            self.site(name, "same_label", "ordinary", theme=n, trade="Servizi", language="it")
        self.reregistered(free[24:28])

    def free_names(self) -> list[str]:
        """The brand's label under suffixes and numbers that the network does not have."""
        label = self.brand.label
        everywhere = (*SUFFIXES, "tech", "store", "blog", "app", "dev", "mobi", "se", "at", "ch")
        names = [f"{label}.{s}" for s in everywhere]
        names += [f"{label}{n}.{s}" for n in (77, 99, 365) for s in ("com", "it", "net")]
        free = [name for name in names if name not in self.draft.hosts]
        self.rng.shuffle(free)
        return free

    def reregistered(self, names: list[str]) -> None:
        """Names the network once had, in honest hands since; old mirrors still list them."""
        for n, name in enumerate(names):
            self.site(name, "reregistered", "ordinary", theme=n + 5, trade="Blog", language="it")
            self.from_members(name, "announcement")
            self.from_members(name, count=2)

    # ------------------------------------------------------------ shared machinery

    def infrastructure(self) -> None:
        """Hosts of scripts, advertising and files, and those with the same hoster or account."""
        for name in LIBRARIES:
            self.site(name, "library", "library", brand="Open CDN")
            self.protect.append(name)
        for name in AD_HOSTS:
            self.site(name, "ad_network", "corporate", sector="advertising network")
            self.from_members(name, count=3)
        for n in range(3):
            name = f"{invented(self.rng, 3)}upload{n}.cc"
            self.site(name, "cyberlocker", "locker", ids=("zone:1000001",))
            self.from_members(name, "frame", 2)
            self.from_members(name, count=2)
        for n in range(8):
            name = f"{invented(self.rng)}.{self.rng.choice(SUFFIXES)}"
            self.site(
                name,
                "same_hoster",
                "ordinary",
                dns=self.who.hoster.dns(self.rng),
                theme=n,
                trade="Onlineshop",
            )
        for n in range(8):
            name = f"{invented(self.rng)}.{self.rng.choice(SUFFIXES)}"
            dns = self.rng.choice(self.who.accounts).dns(self.rng)
            self.site(name, "same_cdn_pair", "ordinary", dns=dns, theme=n, trade="Agency")
        agency_id = f"gtm:GTM-{self.rng.randrange(10**6, 10**7)}"
        for n in range(6):
            # An agency's container, or the network's own identifier pasted by mistake.
            ids = (agency_id,) if n % 2 else (self.who.ids[0],)
            name = f"{invented(self.rng)}.com"
            self.site(name, "copied_id", "ordinary", theme=n + 8, trade="Consulting", ids=ids)
            self.from_members(name)

    def platforms(self) -> None:
        """Social networks, shorteners, link pages, the messenger."""
        for name, brand in PLATFORMS:
            self.site(name, "platform", "platform", brand=brand)
            self.protect.append(name)
            self.from_members(name, count=4)
        for n, name in enumerate(("bit.ly", "tinyurl.com", "accorcia.link")):
            host = self.site(name, "shortener", "platform", brand="Shortener")
            host.routes[f"/gs{n}"] = Redirect(f"https://{self.rng.choice(self.live)}/", 301)
            self.draft.lead(self.rng.choice(self.live), name, "link", to_path=f"/gs{n}")
            self.protect.append(name)
        for name in ("linktr.ee", "tuttilink.bio"):
            host = self.site(name, "link_in_bio", "platform", brand="Linkpage")
            self.draft.page(host, "bio", f"/{self.who.handle}", handle=self.who.handle)
            for target in self.rng.sample(self.live, 3):
                self.draft.lead(name, target, "announcement", path=f"/{self.who.handle}")
            self.draft.lead(
                self.rng.choice(self.live), name, "link", to_path=f"/{self.who.handle}"
            )
            self.protect.append(name)
        self.messenger()

    def messenger(self) -> None:
        """The messenger's public pages: the network's two channels announce names."""
        host = self.site(MESSENGER, "platform", "contact_card", brand="Telegram")
        self.draft.page(host, "contact_card", "/*")
        for handle, phrase in (
            (self.who.handle, "Il nostro nuovo indirizzo è"),
            (self.who.other_handle, "Nuestro nuevo dominio es"),
        ):
            path = f"/s/{handle}"
            self.draft.page(
                host, "channel", path, handle=handle, brand=self.who.brand, phrase=phrase
            )
            for target in self.rng.sample(self.live, 5):
                self.draft.lead(MESSENGER, target, "announcement", path=path)
            source = self.rng.choice(self.live)
            self.draft.lead(source, MESSENGER, "link", to_path=f"/{handle}")
        self.protect.append(MESSENGER)

    # ------------------------------------------------------------ what others put on its pages

    def links_by_others(self) -> None:
        """Comment spam, friends among pirates, redirects poisoned by the operator."""
        for _ in range(5):
            name = f"{invented(self.rng)}-casino.com"
            self.site(name, "comment_spam", "affiliate")
            self.draft.lead(self.rng.choice(self.live), name, "link", region="comments")
        for n in range(6):
            name = f"{invented(self.rng)}flix{n}.to"
            self.site(
                name,
                "friend_pirate",
                "bazaar",
                language="en",
                ids=(f"zone:90{n}17",),
                handle=f"friend{n}tv",
                asset_base=f"/s{n}",
                class_salt=f"friend {n}",
            )
            self.from_members(name, count=3)
        for n in range(3):
            name = f"bottega-{invented(self.rng, 3)}.it"
            self.site(name, "poisoned_redirect", "shop", language="it")
            self.protect.append(name) if n == 0 else None
            self.from_members(name, "announcement")
            old = self.draft.add(
                f"{self.brand.label}-old{n}.xyz",
                "poisoning_member",
                self.who.hoster.dns(self.rng),
                network=self.draft.network,
                relations=frozenset({"operator"}),
            )
            self.from_members(old.name, count=2)
            self.draft.moves(old.name, name, self.rng.choice(("redirect", "script_redirect")))

    def framed(self) -> None:
        """Lawful sites whose identifiers, icon and frame the operator put on mirrors."""
        for n in range(4):
            name = f"{invented(self.rng)}-sport.it"
            ids = (f"ga:G-{code(self.rng, 10)}", f"metrika:{self.rng.randrange(10**7, 10**8)}")
            self.site(name, "framed_victim", "broadcaster", language="it", ids=ids)
            dressed = self.draft.add(
                f"{self.brand.label}-{n}x.{self.rng.choice(('lol', 'fun', 'cc'))}",
                "member",
                self.who.hoster.dns(self.rng),
                network=self.draft.network,
                relations=frozenset({"mirror", "operator"}),
            )
            self.draft.page(
                dressed,
                "stadium",
                "/",
                brand=self.brand.shown,
                language="it",
                ids=ids + self.who.zones,
                build=self.who.build,
                icon="/favicon.png",
                handle=self.who.handle,
                player_host=self.who.player_host,
            )
            dressed.routes["/favicon.png"] = Content(icon(name), "image/png")
            self.from_members(dressed.name, "announcement", 2)
            self.draft.lead(dressed.name, name, "announcement")
            self.draft.lead(dressed.name, name, "canonical")
            self.draft.lead(dressed.name, name, "frame")
            self.draft.lead(dressed.name, name, "link", region="template")


def _validated(host: HostDraft, organization: str) -> Certificate:
    assert host.certificate is not None
    return replace(host.certificate, organization=organization)
