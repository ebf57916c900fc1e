"""Ordinary sites by the thousand, in shared themes, on shared hosters."""

from mirrorhunt.lab.templates.background import THEMES
from mirrorhunt.lab.world import BACKGROUND, Content, Redirect
from mirrorhunt.lab.worlds._draft import Draft, icon
from mirrorhunt.lab.worlds._names import invented

_TRADES_TEXT = (
    "shop blog club school restaurant hotel lawyer dentist museum garage gym choir library bakery "
    "radio parish council photographer architect florist surgery winery campsite theatre nursery"
)
_TRADES = tuple(_TRADES_TEXT.split())
_SPORTING = ("sports news", "live results", "streaming service", "football podcast", "local tv")
_SUFFIXES = ("com", "it", "de", "es", "fr", "net", "org", "eu", "info", "pt", "co.uk", "com.br")
_LANGUAGES = ("it", "de", "es", "fr", "en", "pt")
_GENERATORS = ("WordPress 6.8", "Joomla! - Open Source Content Management", "Drupal 11", "Wix.com")


def add_background(draft: Draft, count: int) -> list[str]:
    """Add *count* ordinary sites, and return their names."""
    rng = draft.rng
    hosters = [draft.hoster(f"{invented(rng, 3)}-hosting.net", 6) for _ in range(25)]
    accounts = [draft.account() for _ in range(40)]
    names: list[str] = []
    while len(names) < count:
        is_sporting = rng.random() < 0.08
        trade = rng.choice(_SPORTING if is_sporting else _TRADES)
        joint = rng.choice(("-", ""))
        label = f"{invented(rng, rng.randrange(2, 5))}{joint}{trade.split()[0]}"
        name = f"{label}.{rng.choice(_SUFFIXES)}"
        if name in draft.hosts:
            continue
        home = rng.choice(accounts) if rng.random() < 0.35 else rng.choice(hosters)
        host = draft.add(name, BACKGROUND, home.dns(rng), https=rng.random() < 0.93)
        generator = rng.choice(("", "", *_GENERATORS))
        ids: tuple[str, ...] = ()
        if rng.random() < 0.5:
            ids = (f"ga:G-{rng.randrange(10**9, 10**10)}",)
        if rng.random() < 0.1:
            ids += (f"adsense:{rng.randrange(10**15, 10**16)}",)
        draft.page(
            host,
            "ordinary",
            "/",
            theme=rng.randrange(THEMES),
            trade=trade.capitalize(),
            brand=name.partition(".")[0].replace("-", " ").title(),
            ids=ids,
            generator=generator,
            language=rng.choice(_LANGUAGES),
            icon="/favicon.ico",
            shows="yes" if is_sporting else "",
        )
        # Systems ship an icon, and many a site never changes it.
        shared = generator if generator and rng.random() < 0.6 else name
        host.routes["/favicon.ico"] = Content(icon(shared), "image/png")
        host.upgrades = host.certificate is not None and rng.random() < 0.7
        names.append(name)
    _link(draft, names)
    return names


def _link(draft: Draft, names: list[str]) -> None:
    """Ordinary sites lead to one another, and some have moved."""
    rng = draft.rng
    # No set: its order is another in each process, and so would be the world.
    moved = dict.fromkeys(rng.sample(names, len(names) // 25))
    for name in moved:
        target = rng.choice(names)
        if target not in moved:
            draft.hosts[name].routes["/*"] = Redirect(f"https://www.{target}/", 301)
            draft.hosts[name].routes.pop("/", None)
    for name in names:
        if name not in moved:
            for target in rng.sample(names, rng.randrange(0, 4)):
                draft.lead(name, target, "link")


def bring_near(draft: Draft, names: list[str], members: list[str], decoys: list[str]) -> None:
    """Let some of *names* stand one or two links away from members: a crawler meets them."""
    rng = draft.rng
    near = rng.sample(names, 280)
    for name in near[:90]:
        draft.lead(rng.choice(members), name, "link")
    for name in near[90:]:
        draft.lead(rng.choice(decoys), name, "link")
