"""Sites that stand near a pirate network without being of it."""

from collections.abc import Callable, Mapping

from mirrorhunt.lab.templates.background import prose
from mirrorhunt.lab.templates.scene import Scene, frames, head, plain_names, remaining, trackers


def _page(scene: Scene, title: str, body: str, *, site: str = "", css: str = "page") -> str:
    name = site or scene.text("brand") or scene.host.name
    extra = f'<meta property="og:site_name" content="{name}">\n{trackers(scene)}'
    known = remaining(scene, "link", "template")
    spam = "".join(
        f"<li>{scene.anchor(x, rel='nofollow ugc')}</li>" for x in scene.leads("link", "comments")
    )
    comments = f'<section class="comments" id="comments"><ol>{spam}</ol></section>' if spam else ""
    return (
        head(scene, title, extra=extra, language=scene.text("language", "en"))
        + f'<body class="{css}"><header><a href="/">{name}</a></header><main>{body}{comments}'
        f"</main><footer>{known}<p>&copy; {name}</p></footer></body></html>"
    )


def article(scene: Scene) -> str:
    """A news article about the network."""
    topic = scene.text("topic")
    links = "".join(
        f"<p>{prose(scene, 30)} {scene.anchor(x)} {prose(scene, 20)}</p>"
        for x in scene.leads("link", "body")
    )
    body = (
        f'<article class="story"><h1>{topic}: piracy network under investigation</h1><p '
        f'class="byline">Newsroom</p><p>{prose(scene, 60)} {topic} {prose(scene, 50)}</p>{links}'
        f"{plain_names(scene)}<p>{prose(scene, 120)}</p></article>"
    )
    return _page(scene, f"{topic}, what happened | {scene.text('brand')}", body, css="news")


def fan_blog(scene: Scene) -> str:
    """A supporter's blog that recommends where to watch."""
    posts = "".join(
        f'<div class="post-outer"><h3 class="post-title">{prose(scene, 5)}</h3><div class="post-'
        f'body">{prose(scene, 90)}</div></div>'
        for _ in range(6)
    )
    body = (
        f"<p>{scene.text('topic')}: {prose(scene, 20)}</p>{remaining(scene)}{plain_names(scene)}"
    )
    return _page(scene, f"{scene.text('brand')} - tifosi", body + posts, css="blogger")


def corporate(scene: Scene) -> str:
    """A league, a broadcaster, a rights holder, a company: imprint and all."""
    brand, sector = scene.text("brand"), scene.text("sector", "sport")
    blocks = "".join(
        f'<section class="corp-block"><h2>{prose(scene, 4)}</h2><p>'
        f"{prose(scene, 50)}</p></section>"
        for _ in range(7)
    )
    body = (
        f'<div class="corp-hero"><h1>{brand}</h1><p>{sector}</p></div>{blocks}{frames(scene)}'
        f"{remaining(scene)}<address>{brand} S.p.A., P.IVA 0{scene.rng.randrange(10**9, 10**10)}"
        "</address>"
    )
    return _page(scene, f"{brand} | {sector}", body, css="corp")


def broadcaster(scene: Scene) -> str:
    """A lawful service with a schedule and a player of its own."""
    brand = scene.text("brand")
    rows = "".join(
        f'<div class="epg-slot"><time>{h}:00</time><strong>{prose(scene, 3)}</strong><a href="'
        f'/guarda/{scene.rng.randrange(9999)}">Guarda in diretta streaming</a></div>'
        for h in range(8, 24)
    )
    body = (
        f"<h1>{brand}: calcio in diretta streaming</h1><div class='epg'>{rows}</div><video "
        "controls></video><p>Abbonati da 29,99 euro al mese. Accedi con il tuo account.</p>"
        f"{remaining(scene)}"
    )
    return _page(scene, f"{brand} - abbonati e guarda in streaming", body, css="broadcast")


def affiliate(scene: Scene) -> str:
    """A betting affiliate."""
    rows = "".join(
        f"<tr><td>{prose(scene, 2)}</td><td>{scene.rng.uniform(1, 6):.2f}</td><td><a "
        f'href="/go/{i}"'
        ' rel="sponsored nofollow">Bonus 100 EUR</a></td></tr>'
        for i in range(25)
    )
    body = f"<h1>Quote e pronostici</h1><table class='odds'>{rows}</table>{remaining(scene)}"
    return _page(scene, f"{scene.text('brand')} bonus scommesse", body, css="odds-site")


def holding(scene: Scene) -> str:
    """A name that a rights holder registered to keep it from others."""
    return _page(
        scene,
        scene.host.name,
        f"<p>This domain is registered by {scene.text('owner')} for brand protection "
        "purposes.</p>",
        site=scene.text("owner"),
        css="holding",
    )


def bio(scene: Scene) -> str:
    """A page of links, somebody's on a shared platform."""
    buttons = "".join(
        f'<a class="bio-link" href="{scene.url(x)}">{x.host}</a>'
        for technique in ("announcement", "link")
        for x in scene.leads(technique)
    )
    body = f"<h1>@{scene.text('handle')}</h1><div class='bio'>{buttons}</div>"
    return _page(scene, f"@{scene.text('handle')}", body, site="Linkpage", css="bio-page")


def channel(scene: Scene) -> str:
    """The public preview of a messenger channel."""
    handle, brand = scene.text("handle"), scene.text("brand")
    posts = "".join(
        f'<div class="tgme_widget_message_wrap"><div class="tgme_widget_message" data-post="'
        f'{handle}/{100 + i}"><div class="tgme_widget_message_text">'
        f'{scene.text("phrase", "Our new address is")} {scene.anchor(x)}</div><span class="tgme_'
        f'widget_message_date"><time datetime="2026-11-{1 + i % 28:02d}T18:00:00+00:00">'
        "18:00</time>"
        "</span></div></div>"
        for i, x in enumerate(scene.leads("announcement"))
    )
    extra = f'<meta property="og:title" content="{brand}"><meta property="og:site_name" '
    return (
        head(scene, f"{brand} – Telegram", extra=extra + 'content="Telegram">')
        + f'<body class="widget_frame_base"><div class="tgme_channel_info"><b>{brand}</b> '
        f"@{handle}"
        f'</div><section class="tgme_channel_history">{posts}</section></body></html>'
    )


def contact_card(scene: Scene) -> str:
    """The landing page of a messenger handle."""
    handle = scene.path.strip("/") or "telegram"
    return head(scene, f"Telegram: Contact @{handle}") + (
        '<body class="no_frame"><div class="tgme_page"><div class="tgme_page_title">'
        f"{handle}</div>"
        f'<a class="tgme_action_button_new" href="/s/{handle}">Preview channel</a></div></body>'
        "</html>"
    )


def platform(scene: Scene) -> str:
    """A big platform, seen without an account."""
    body = f"<div id='app'><h1>{scene.text('brand')}</h1><p>{prose(scene, 40)}</p></div>"
    return _page(scene, f"{scene.text('brand')} – Log in or sign up", body, css="platform")


def library(scene: Scene) -> str:
    """A host of scripts that everybody loads."""
    body = f"<h1>{scene.text('brand')}</h1><pre>player.min.js</pre>{prose(scene, 60)}"
    return _page(scene, f"{scene.text('brand')} – open source CDN", body, css="docs")


def locker(scene: Scene) -> str:
    """A file host."""
    body = (
        "<h1>Upload files</h1><form method='post'><input type='file'></form>"
        f"<p>DMCA: abuse@{scene.host.name}</p>{prose(scene, 50)}"
    )
    return _page(scene, f"{scene.text('brand')} - easy file sharing", body, css="locker")


def shop(scene: Scene) -> str:
    """A lawful shop."""
    cards = "".join(
        f'<li class="product"><h2>{prose(scene, 2)}</h2><span class="price">{price},90 €</span>'
        "<button>Aggiungi al carrello</button></li>"
        for price in scene.rng.sample(range(5, 200), 24)
    )
    body = f"<h1>{scene.text('brand')}</h1><ul class='products'>{cards}</ul>{remaining(scene)}"
    return _page(scene, f"{scene.text('brand')} negozio online", body, css="shop")


TEMPLATES: Mapping[str, Callable[[Scene], str]] = {
    function.__name__: function
    for function in (
        article,
        fan_blog,
        corporate,
        broadcaster,
        affiliate,
        holding,
        bio,
        channel,
        contact_card,
        platform,
        library,
        locker,
        shop,
    )
}
