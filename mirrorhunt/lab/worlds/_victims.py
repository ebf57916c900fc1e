"""Lawful sites for an operator to frame: each with a page, accounts, icon and home of its own.

Every fifth is another pirate. The pages are fixed bytes, so that a member can wear one exactly.
"""

from dataclasses import dataclass

from mirrorhunt.lab.world import Certificate, Content, Dns
from mirrorhunt.lab.worlds._draft import Draft, HostDraft, icon
from mirrorhunt.lab.worlds._names import invented

TRADES = ("shop", "broadcaster", "newspaper", "club", "pirate")
"""The trades of the victims of one kind, in turn."""
_SUFFIXES = ("it", "com", "de", "es", "net", "eu")
_TEAMS = ("Arvenia", "Bellore", "Cantara", "Dornes", "Elmira", "Fortano", "Galvez", "Hesperia")


@dataclass(frozen=True, slots=True)
class Victim:
    """A site that stands in nobody's network, and what it shows."""

    name: str
    trade: str
    brand: str
    ids: tuple[str, str, str]
    """Analytics account, container and advertising account."""
    token: str
    handle: str

    def page(self, head: str = "", body: str = "", comments: str = "") -> bytes:
        """Its front page, with *head*, *body* and *comments* added where they belong."""
        account, container, publisher = self.ids
        written = f'<section id="comments" class="comments"><ol>{comments}</ol></section>'
        return (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{self.brand} - '
            f'{self.trade}</title><meta property="og:site_name" content="{self.brand}">'
            f'<meta name="google-site-verification" content="{self.token}">'
            '<link rel="icon" href="/favicon.ico">'
            f'<link rel="stylesheet" href="/{self.handle}/main.css">'
            f'<script src="/{self.handle}/shop.js"></script><script src="/{self.handle}/menu.js">'
            f'</script><script src="/{self.handle}/view.js"></script>'
            f'<script async src="https://www.googletagmanager.com/gtag/js?id={account}"></script>'
            f"<script>gtag('config','{account}');(function(w,d,s,l,i){{}})(window,document,"
            f"'script','dataLayer','{container}')</script><script async "
            'src="https://pagead2.googlesyndication.com/pagead/js/adsbygoogle.js?client=ca-pub-'
            f'{publisher}"></script>{head}</head><body class="{self.trade}"><header><a href="/">'
            f'<img src="/logo.png" alt="{self.brand}"></a></header><main>{self._offers()}{body}'
            f"{written if comments else ''}</main><footer><p>&copy; {self.brand}</p>"
            f'<p><a href="https://t.me/{self.handle}">@{self.handle}</a></p></footer></body>'
            "</html>"
        ).encode()

    def _offers(self) -> str:
        """What the trade offers. A broadcaster streams, and so the content gate is open for it."""
        if self.trade in ("broadcaster", "pirate"):
            rows = "".join(
                f'<div class="{self.handle}-slot"><time>{12 + i}:30</time> <a href="/live/{i}">'
                f"{_TEAMS[i]} - {_TEAMS[-1 - i]}</a></div>"
                for i in range(4)
            )
            source = f"https://{self.name}/hls/one/playlist.m3u8"
            return (
                f'<h1>{self.brand} live</h1>{rows}<video id="v" controls></video><script>var hls='
                f"new Hls();hls.loadSource('{source}');</script>"
            )
        tag = {"shop": "li", "newspaper": "article", "club": "section"}[self.trade]
        words = f"{self.brand} {self.trade}"
        cards = "".join(
            f'<{tag} class="{self.handle}-card"><h2>{words} {i}</h2><p>{words} number {i}, and '
            f"more of it</p></{tag}>"
            for i in range(12)
        )
        return f"<h1>{self.brand}</h1><div>{cards}</div>"


def add_victim(draft: Draft, kind: str, number: int, *, name: str = "") -> Victim:
    """Add the victim *number* of *kind*, at home with a hoster of its own."""
    rng = draft.rng
    stem = f"{invented(rng, 4)}{invented(rng, 1)}"
    trade = TRADES[number % len(TRADES)]
    name = name or f"{stem}-{trade}.{rng.choice(_SUFFIXES)}".replace("-pirate", "flix")
    victim = Victim(
        name=name,
        trade=trade,
        brand=stem.capitalize(),
        ids=(
            f"G-{rng.randrange(10**9, 10**10)}",
            f"GTM-{rng.randrange(10**6, 10**7)}",
            str(rng.randrange(10**15, 10**16)),
        ),
        token=f"{rng.randrange(16**30):030x}abc",
        handle=f"{stem}{trade[:3]}",
    )
    home = draft.hoster(f"ns-{stem}.net", 2).dns(rng)
    host = draft.add(name, kind, Dns(a=home.a, ns=home.ns, mx=(f"mx.{name}",)))
    host.certificate = Certificate(name, (name, f"www.{name}"))
    wear(host, victim, victim.page())
    return victim


def wear(host: HostDraft, victim: Victim, page: bytes) -> None:
    """Let *host* show *page* as its front page, with the icon and files of *victim*."""
    host.routes.clear()
    host.leads.clear()
    host.routes["/"] = Content(page)
    host.routes["/favicon.ico"] = Content(icon(victim.name), "image/png")
    host.routes["/logo.png"] = Content(icon(f"logo {victim.name}"), "image/png")
