"""Sites that list works: a torrent index, a cinema, and who stands around an index.

A proxy serves the page of the index itself, changed as proxies change it: a banner, other
identifiers, sometimes another contact.
"""

from collections.abc import Callable, Mapping

from mirrorhunt.lab.templates.background import prose
from mirrorhunt.lab.templates.scene import Scene, frames, head, plain_names, remaining, trackers
from mirrorhunt.lab.world import Lead


def _contacts(scene: Scene) -> str:
    said = []
    if handle := scene.text("handle"):
        said.append(f'<a href="https://t.me/{handle}">@{handle}</a>')
    if email := scene.text("email"):
        said.append(f'<a href="mailto:{email}">{email}</a>')
    if wallet := scene.text("wallet"):
        said.append(f"BTC <code>{wallet}</code>")
    return "".join(f"<p>{line}</p>" for line in said)


def _list(scene: Scene, leads: tuple[Lead, ...], title: str) -> str:
    items = "".join(f"<li>{scene.anchor(lead)}</li>" for lead in leads)
    return f'<div class="addresses"><h3>{title}</h3><ul>{items}</ul></div>' if items else ""


def _footer(scene: Scene) -> str:
    comments = "".join(
        f"<li>{scene.anchor(x, rel='nofollow ugc')}</li>" for x in scene.leads("link", "comments")
    )
    return (
        _list(scene, scene.leads("link", "template"), "Mirrors")
        + (f'<section class="comments" id="comments"><ol>{comments}</ol></section>')
        * bool(comments)
        + f"<footer>{_contacts(scene)}<p>&copy; {scene.text('brand')}</p></footer>"
    )


def _banner(scene: Scene) -> str:
    """What a proxy puts above the page that it fetches."""
    said = scene.text("banner")
    if not said:
        return ""
    known = "".join(scene.anchor(lead) for lead in scene.leads("link", "body"))
    return f'<div class="unblock-bar" style="position:fixed;top:0">{said} {known}</div>'


def torrents(scene: Scene) -> str:
    """A torrent index; with ``banner``, as a proxy shows it."""
    rng, brand, build = scene.rng, scene.text("brand"), scene.text("build", "1")
    rows = "".join(
        f'<tr class="tl-row"><td class="tl-cat">{rng.choice(("Video", "Music", "Games", "TV"))}'
        f'</td><td class="tl-name"><a href="/torrent/{rng.randrange(10**7)}">{prose(scene, 4)} '
        f'1080p WEB x264</a></td><td><a class="tl-magnet" href="magnet:?xt=urn:btih:'
        f'{rng.randrange(16**40):040x}">magnet</a></td><td class="tl-size">'
        f'{rng.uniform(0.2, 9):.1f} GiB</td><td class="tl-seeds">{rng.randrange(9000)}</td></tr>'
        for _ in range(rng.randrange(40, 70))
    )
    extra = (
        f'<meta property="og:site_name" content="{brand}">\n'
        f'<link rel="stylesheet" href="/{brand.lower()}-{build}/index.css">\n'
        f'<script src="/{brand.lower()}-{build}/search.js" defer></script>\n{trackers(scene)}'
    )
    friends = "" if scene.text("banner") else remaining(scene)
    return (
        head(scene, f"Download torrents - {brand}", extra=extra)
        + f'<body class="tl"><header class="tl-head"><img src="/logo.png" alt="{brand}"><form '
        f'action="/search" class="tl-search"><input name="q"></form></header>{_banner(scene)}'
        + _list(scene, scene.leads("announcement"), "Our new address, and all official mirrors")
        + f'<main class="tl-main"><h1>{brand}</h1><table class="tl-table">{rows}</table>'
        f"{friends}{frames(scene)}{plain_names(scene)}</main>{_footer(scene)}</body></html>"
    )


def cinema(scene: Scene) -> str:
    """Films and series to watch: posters, episodes, a player that a script draws."""
    rng, brand = scene.rng, scene.text("brand")
    host = scene.text("player_host") or scene.host.name
    panel = scene.text("api_host") or scene.host.name
    posters = "".join(
        f'<a class="ml-item" href="/watch/{i}-{rng.randrange(99999)}"><img src="/poster/{i}.webp" '
        f'alt=""><span class="ml-title">{prose(scene, 2)}</span><span class="ml-ep">S0'
        f"{rng.randrange(1, 5)}E{rng.randrange(1, 24):02d}</span></a>"
        for i in range(rng.randrange(30, 60))
    )
    extra = (
        f'<meta property="og:site_name" content="{brand}">\n<link rel="stylesheet" href='
        f'"/wp-content/themes/dooplay-{rng.randrange(3)}/style.css">\n{trackers(scene)}'
    )
    return (
        head(scene, f"{brand} - watch films and series online free", extra=extra)
        + f'<body class="ml"><nav class="ml-nav"><a href="/">{brand}</a></nav>'
        + _list(scene, scene.leads("announcement"), "New address")
        + f'<iframe class="ml-player" src="https://{host}/embed/{rng.randrange(10**6)}" '
        f'allowfullscreen></iframe><script>jwplayer("p").setup({{file:"https://{panel}/hls/'
        f'{rng.randrange(10**6)}/index.m3u8"}});</script><div class="ml-grid">{posters}</div>'
        f"{remaining(scene)}{frames(scene)}{plain_names(scene)}{_footer(scene)}</body></html>"
    )


def hub(scene: Scene) -> str:
    """A list of proxies of several indexes, with what else such a list lives from."""
    rows = "".join(
        f"<tr><td>{scene.anchor(lead)}</td><td>{scene.rng.choice(('fast', 'slow', 'online'))}"
        f"</td><td>{scene.rng.randrange(1, 60)} min</td></tr>"
        for lead in scene.leads("link", "body")
    )
    extra = trackers(scene)
    return (
        head(scene, f"{scene.text('brand')} - proxy list", extra=extra)
        + f'<body class="px"><h1>Proxies and mirrors, checked today</h1><p>{prose(scene, 40)}</p>'
        f'<table class="px-list">{rows}</table>{plain_names(scene)}<p>{prose(scene, 60)}</p>'
        f"{_footer(scene)}</body></html>"
    )


def distribution(scene: Scene) -> str:
    """Free software that is given away by torrent."""
    brand = scene.text("brand")
    rows = "".join(
        f"<tr><td>{brand} {number}.{minor}</td><td><a href='/iso/{number}.{minor}.torrent'>"
        f"torrent</a> <a href='magnet:?xt=urn:btih:{scene.rng.randrange(16**40):040x}'>magnet</a>"
        "</td></tr>"
        for number in range(9, 14)
        for minor in range(3)
    )
    return (
        head(scene, f"{brand}: download", extra=trackers(scene))
        + f'<body class="distro"><h1>{brand}</h1><p>{prose(scene, 80)}</p><table>{rows}</table>'
        f"{remaining(scene)}{_footer(scene)}</body></html>"
    )


def panel(scene: Scene) -> str:
    """Where an operator logs in."""
    return head(scene, "Panel", extra='<script src="/panel/app.js"></script>') + (
        "<body class='panel'><form method='post'><input name='user'><input name='password' "
        "type='password'><button>Log in</button></form></body></html>"
    )


TEMPLATES: Mapping[str, Callable[[Scene], str]] = {
    function.__name__: function for function in (torrents, cinema, hub, distribution, panel)
}
