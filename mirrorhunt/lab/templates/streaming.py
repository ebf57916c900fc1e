"""Sites that stream: a network's own template, a theme that is sold to anybody, inner pages.

The same template is written differently on each host: language, matches of the day, number of
advertisements and, on some, the names of all classes.
"""

import hashlib
from collections.abc import Callable, Mapping

from mirrorhunt.lab.templates.scene import Scene, frames, head, plain_names, remaining, trackers
from mirrorhunt.lab.templates.words import LANGUAGES, Words
from mirrorhunt.lab.world import Lead


class Sheet:
    """The words and class names of one page."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.language = scene.text("language", "en")
        self.words: Words = LANGUAGES[self.language]
        self._salt = scene.text("class_salt")

    def css(self, *names: str) -> str:
        """Class attribute; with a salt, every name is replaced by one that means nothing."""
        if self._salt:
            names = tuple(
                "c"
                + hashlib.md5(f"{self._salt}{n}".encode(), usedforsecurity=False).hexdigest()[:6]
                for n in names
            )
        return f'class="{" ".join(names)}"'

    def title(self) -> str:
        """Brand and pitch, as such sites write it."""
        return f"{self.scene.text('brand')} - {self.words.pitch}"


def _navigation(sheet: Sheet) -> str:
    names = {
        "/mirrors": sheet.words.mirrors,
        "/channels": sheet.words.channels,
        "/contact": sheet.words.contact,
    }
    items = "".join(
        f'<li {sheet.css("nav-item")}><a {sheet.css("nav-link")} href="{path}">'
        f"{names.get(path, path.strip('/').replace('-', ' ').replace('/', ' '))}</a></li>"
        for path in sheet.scene.inner_paths
        if "*" not in path
    )
    return (
        f'<header {sheet.css("topbar", "sticky")}><a {sheet.css("logo")} href="/">'
        f'<img src="/assets/img/logo.png" alt="{sheet.scene.text("brand")}"></a>'
        f"<nav {sheet.css('main-nav')}><ul>{items}</ul></nav></header>"
    )


def _matches(sheet: Sheet, count: int) -> str:
    rng, words = sheet.scene.rng, sheet.words
    rows = []
    for _ in range(count):
        home, away = rng.sample(words.teams, 2)
        number = rng.randrange(10_000, 99_999)
        links = "".join(
            f'<a {sheet.css("btn", "btn-stream")} href="/match/{number}/{i}" data-id="{number}" '
            f'data-srv="{i}">HD {i}</a>'
            for i in range(1, rng.randrange(3, 6))
        )
        rows.append(
            f'<tr {sheet.css("event-row")} data-event="{number}"><td {sheet.css("event-time")}>'
            f"{rng.randrange(12, 23)}:{rng.choice(('00', '15', '30', '45'))}</td><td "
            f"{sheet.css('event-league')}><span {sheet.css('flag')}></span>"
            f'{rng.choice(words.leagues)}</td><td {sheet.css("event-name")}><a href="/match/'
            f'{number}">{home} - {away}</a></td><td {sheet.css("event-links")}>{links}</td></tr>'
        )
    return (
        f'<section {sheet.css("schedule")} id="schedule"><h2>{words.schedule}</h2><table '
        f"{sheet.css('events-table')}><thead><tr><th>{words.time}</th><th>{words.today}</th><th>"
        f"{words.match}</th><th>{words.watch}</th></tr></thead><tbody>{''.join(rows)}</tbody>"
        "</table></section>"
    )


def _channels(sheet: Sheet, count: int) -> str:
    stations, rng = sheet.words.stations, sheet.scene.rng
    cards = "".join(
        f'<div {sheet.css("channel-card")}><a href="/channel/{i}"><img loading="lazy" '
        f'src="/assets/img/ch/{i}.png" alt="{stations[i % len(stations)]}"><span '
        f"{sheet.css('channel-name')}>{stations[i % len(stations)]} {sheet.words.live}</span></a>"
        f"<span {sheet.css('viewers')}>{rng.randrange(40, 9000)}</span></div>"
        for i in range(count)
    )
    return f"<section {sheet.css('channel-grid')}><h2>{sheet.words.channels}</h2>{cards}</section>"


def _player(sheet: Sheet) -> str:
    host = sheet.scene.text("player_host")
    if not host:
        return f'<div {sheet.css("player-box")}><video id="player" controls></video></div>'
    api = sheet.scene.text("api_host", host)
    stream = sheet.scene.rng.randrange(100, 999)
    return (
        f'<div {sheet.css("player-box")}><iframe {sheet.css("player-frame")} src="https://{host}'
        f'/embed/ch{stream}" allowfullscreen scrolling="no"></iframe></div><script>var cfg={{'
        f'src:"https://{api}/hls/ch{stream}/playlist.m3u8",poster:"/assets/img/poster.jpg",'
        "autoplay:true,p2p:true};Player.setup('player',cfg);</script>"
    )


def _ads(sheet: Sheet, count: int) -> str:
    return "".join(
        f'<div {sheet.css("ad-slot", "ad-top")} id="ad{i}"><a href="/go/{i}" rel="nofollow '
        f'sponsored"><img src="/assets/ads/{sheet.scene.rng.randrange(99)}.gif" alt=""></a></div>'
        for i in range(count)
    )


def _announced(sheet: Sheet, leads: tuple[Lead, ...]) -> str:
    """The block that says where to go once this address is blocked."""
    if not leads:
        return ""
    first, others = leads[0], leads[1:]
    items = "".join(f"<li>{sheet.scene.anchor(lead)}</li>" for lead in others)
    listing = f"<p>{sheet.words.bookmark}:</p><ul {sheet.css('mirror-list')}>{items}</ul>"
    return (
        f"<div {sheet.css('notice', 'notice-address')}><strong>{sheet.words.new_address} "
        f"{sheet.scene.anchor(first)}</strong>{listing if items else ''}</div>"
    )


def _footer(sheet: Sheet) -> str:
    scene = sheet.scene
    parts = [f"<p>{sheet.words.disclaimer}</p>"]
    handle, email, wallet = (scene.text(k) for k in ("handle", "email", "wallet"))
    if handle:
        parts.append(
            f'<p>{sheet.words.text_us}: <a href="https://t.me/{handle}">@{handle}</a></p>'
        )
    if email:
        parts.append(f'<p><a href="mailto:{email}">{email}</a></p>')
    if wallet:
        parts.append(f"<p>{sheet.words.donate}: BTC <code>{wallet}</code></p>")
    known = scene.leads("link", "template")
    if known:
        items = "".join(f"<li>{scene.anchor(x)}</li>" for x in known)
        parts.append(f"<h4>{sheet.words.mirrors}</h4><ul {sheet.css('footer-list')}>{items}</ul>")
    friends = scene.leads("link", "body")
    if friends:
        items = "".join(f"<li>{scene.anchor(x)}</li>" for x in friends)
        parts.append(f"<h4>{sheet.words.friends}</h4><ul>{items}</ul>")
    return (
        f"<footer {sheet.css('site-footer')}>{''.join(parts)}<p {sheet.css('copy')}>&copy; "
        f"{scene.text('brand')}</p></footer>"
    )


def _comments(sheet: Sheet) -> str:
    spam = sheet.scene.leads("link", "comments")
    if not spam:
        return ""
    items = "".join(
        f"<li {sheet.css('comment')}><b>user{sheet.scene.rng.randrange(999)}</b><p>grazie! "
        f"{sheet.scene.anchor(x, rel='nofollow ugc')}</p></li>"
        for x in spam
    )
    return f'<section id="comments" class="comments comment-list"><ol>{items}</ol></section>'


def _meta(sheet: Sheet) -> str:
    scene = sheet.scene
    site = scene.text("site_name")
    og = f'<meta property="og:site_name" content="{site}">\n' if site else ""
    build = scene.text("build", "1")
    return (
        f'<meta name="description" content="{scene.text("brand")}: {sheet.words.pitch}">\n{og}'
        f'<meta property="og:image" content="/assets/img/share.png">\n'
        f'<link rel="stylesheet" href="/assets/{build}/app.css">\n'
        f'<script src="/assets/{build}/app.js" defer></script>\n'
        '<script src="https://cdn.jsdelivr.net/npm/clappr@0.3/dist/clappr.min.js"></script>\n'
        + trackers(scene)
    )


def stadium(scene: Scene) -> str:
    """Front page of the network's own template."""
    sheet = Sheet(scene)
    announced = _announced(sheet, scene.leads("announcement"))
    return (
        head(scene, sheet.title(), extra=_meta(sheet), language=sheet.language)
        + f"<body {sheet.css('theme-night', 'home')}>\n{_navigation(sheet)}\n"
        + f"<div {sheet.css('wrap')}><main {sheet.css('content')}>{_ads(sheet, 2)}"
        + f"<div {sheet.css('hero')}><h1>{scene.text('brand')}</h1><p>"
        f"{sheet.words.pitch}</p></div>"
        + announced
        + _player(sheet)
        + _matches(sheet, scene.rng.randrange(28, 70))
        + _ads(sheet, scene.rng.randrange(0, 4))
        + _channels(sheet, scene.rng.randrange(16, 40))
        + frames(scene)
        + plain_names(scene)
        + _comments(sheet)
        + f"</main><aside {sheet.css('sidebar')}>{_ads(sheet, 1)}</aside></div>\n"
        + _footer(sheet)
        + "</body></html>"
    )


def sportspress(scene: Scene) -> str:
    """Front page of a streaming theme that is sold to anybody: other structure, other classes."""
    sheet = Sheet(scene)
    stations, words = sheet.words.stations, sheet.words
    articles = "".join(
        f'<article {sheet.css("spx-post", "col-md-4")}><div {sheet.css("spx-thumb")}><a href="'
        f'/event/{scene.rng.randrange(9999)}"><img src="/wp-content/uploads/{i}.jpg" alt=""></a>'
        f"</div><div {sheet.css('spx-body')}><h3>{a} vs {b}</h3><span {sheet.css('spx-meta')}>"
        f"{scene.rng.choice(words.leagues)} · {scene.rng.randrange(12, 23)}:30</span><p>"
        f"{words.watch}"
        f" {scene.rng.choice(stations)} {words.live}</p></div></article>"
        for i, (a, b) in enumerate(
            scene.rng.sample(words.teams, 2) for _ in range(scene.rng.randrange(30, 60))
        )
    )
    theme = (
        '<link rel="stylesheet" href="/wp-content/themes/sportspress-live/style.css?ver=3.2">\n'
        '<script src="/wp-content/themes/sportspress-live/js/theme.min.js?ver=3.2"></script>\n'
        '<script src="/wp-includes/js/jquery/jquery.min.js"></script>\n'
    )
    site = scene.text("site_name")
    og = f'<meta property="og:site_name" content="{site}">\n' if site else ""
    menu = "".join(
        f'<li class="menu-item"><a href="{p}">{p.strip("/")}</a></li>'
        for p in scene.inner_paths
        if "*" not in p
    )
    return (
        head(scene, sheet.title(), extra=theme + og + trackers(scene), language=sheet.language)
        + f'<body {sheet.css("spx", "home")}><div id="page"><div {sheet.css("spx-header")}><div '
        + f'{sheet.css("container")}><h1 {sheet.css("spx-title")}><a href="/">'
        + f"{scene.text('brand')}</a></h1><ul {sheet.css('menu')}>{menu}</ul></div></div><div "
        + f"{sheet.css('spx-main', 'row')}>{_announced(sheet, scene.leads('announcement'))}"
        + _player(sheet)
        + articles
        + frames(scene)
        + plain_names(scene)
        + _comments(sheet)
        + f"</div><div {sheet.css('spx-widgets')}><ul>"
        + "".join(f"<li>{station} {words.live}</li>" for station in stations * 3)
        + "</ul></div>"
        + _footer(sheet)
        + "</div></body></html>"
    )


def bazaar(scene: Scene) -> str:
    """Front page of yet another streaming site: lists of links, few words."""
    sheet = Sheet(scene)
    rows = "".join(
        f'<dt>{scene.rng.randrange(12, 23)}:00</dt><dd><a href="/w/{scene.rng.randrange(99999)}">'
        f"{' v '.join(scene.rng.sample(sheet.words.teams, 2))}</a> <em>"
        f"{sheet.words.watch}</em></dd>"
        for _ in range(scene.rng.randrange(40, 120))
    )
    base = scene.text("asset_base", "/static")
    return (
        head(
            scene, sheet.title(), extra=f'<script src="{base}/main.js"></script>{trackers(scene)}'
        )
        + f"<body {sheet.css('bz')}><div {sheet.css('bz-head')}><h1>"
        f"{scene.text('brand')}</h1></div>"
        + _announced(sheet, scene.leads("announcement"))
        + f"<dl {sheet.css('bz-list')}>{rows}</dl>"
        + _player(sheet)
        + frames(scene)
        + plain_names(scene)
        + _footer(sheet)
        + "</body></html>"
    )


def inner(scene: Scene) -> str:
    """Mirrors, channels, contact, one match: the network's inner pages."""
    sheet = Sheet(scene)
    body = {
        "/channels": _channels(sheet, 60),
        "/contact": f"<p>{sheet.words.contact}: {scene.text('email')} @{scene.text('handle')}</p>",
    }.get(scene.path, "")
    if scene.path.startswith(("/match", "/channel/")):
        body = _player(sheet) + _matches(sheet, 10) + _comments(sheet)
    return (
        head(scene, sheet.title(), extra=_meta(sheet), language=sheet.language)
        + f"<body {sheet.css('theme-night', 'inner')}>{_navigation(sheet)}<main "
        + f"{sheet.css('content')}>{_announced(sheet, scene.leads('announcement'))}{body}"
        + remaining(scene, "link", "body")
        + plain_names(scene)
        + frames(scene)
        + "</main>"
        + _footer(sheet)
        + "</body></html>"
    )


def player(scene: Scene) -> str:
    """What a player host frames into the network's pages."""
    return (
        head(scene, "player", extra=trackers(scene))
        + '<body class="embed"><div id="player"></div><script '
        'src="/assets/p2p/loader.js"></script>'
        f'<script>var source="https://{scene.host.name}/hls{scene.path}/playlist.m3u8";'
        "var p=new Clappr.Player({source:source,parentId:'#player'});</script></body></html>"
    )


TEMPLATES: Mapping[str, Callable[[Scene], str]] = {
    function.__name__: function for function in (stadium, sportspress, bazaar, inner, player)
}
