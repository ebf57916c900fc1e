"""Ordinary sites of all trades, in twenty themes.

A theme is drawn from its number: order and kind of its sections, its naming of classes, its
assets. Sites of one theme share what a shared theme shares, and nothing else.
"""

import random
from collections.abc import Callable, Mapping

from mirrorhunt.lab.templates.scene import Scene, frames, head, plain_names, remaining, trackers
from mirrorhunt.lab.templates.words import LATIN, TOPICS

THEMES = 20
SECTIONS = ("hero", "cards", "text", "gallery", "table", "quotes", "faq", "map", "news", "prices")


def prose(scene: Scene, count: int) -> str:
    """*count* words that say nothing."""
    words = scene.rng.choices(LATIN + TOPICS, k=count)
    return " ".join(words).capitalize()


def _section(scene: Scene, kind: str, name: Callable[[str], str]) -> str:
    rng = scene.rng
    title = f'<h2 class="{name("title")}">{prose(scene, rng.randrange(2, 5))}</h2>'
    many = rng.randrange(3, 9)
    match kind:
        case "hero":
            inner = f'<div class="{name("hero-inner")}"><h1>{scene.text("brand")}</h1></div>'
        case "cards":
            inner = "".join(
                f'<div class="{name("card")}"><img src="/img/{i}.jpg" alt=""><h3>{prose(scene, 3)}'
                f"</h3><p>{prose(scene, 25)}</p></div>"
                for i in range(many)
            )
        case "gallery":
            inner = "".join(
                f'<figure class="{name("pic")}"><img src="/img/g{i}.jpg" alt=""></figure>'
                for i in range(many * 2)
            )
        case "table" | "prices":
            inner = (
                f'<table class="{name("table")}">'
                + "".join(
                    f"<tr><td>{prose(scene, 2)}</td><td>{rng.randrange(5, 300)}</td></tr>"
                    for _ in range(many * 2)
                )
                + "</table>"
            )
        case "quotes":
            inner = "".join(
                f'<blockquote class="{name("quote")}">{prose(scene, 18)}</blockquote>'
                for _ in range(many)
            )
        case "faq":
            inner = "".join(
                f"<details><summary>{prose(scene, 6)}</summary><p>{prose(scene, 30)}</p></details>"
                for _ in range(many)
            )
        case "map":
            inner = f'<div class="{name("map")}"></div><address>{prose(scene, 6)}</address>'
        case "news":
            inner = "".join(
                f'<article class="{name("item")}"><time>2026-{rng.randrange(1, 12):02d}</time><a '
                f'href="/news/{i}">{prose(scene, 6)}</a><p>{prose(scene, 30)}</p></article>'
                for i in range(many)
            )
        case _:
            inner = "".join(f"<p>{prose(scene, 60)}</p>" for _ in range(many))
    return f'<section class="{name(kind)}">{title}{inner}</section>'


def ordinary(scene: Scene) -> str:
    """The front page of an ordinary site; ``theme`` is the number of its theme."""
    number = int(scene.text("theme", "0"))
    theme = random.Random(f"theme {number}")
    prefix = theme.choice(("el-", "wp-block-", "t_", "site__", "c-", "fx-", "", "uk-"))
    prefix += theme.choice(("a", "m", "x", "z")) + str(number) + "-"
    order = theme.sample(SECTIONS, theme.randrange(4, 8))
    wrapper = theme.choice(("div", "main", "article", "section"))

    def name(part: str) -> str:
        return prefix + part

    menu = "".join(
        f'<li class="{name("li")}"><a href="{p}">{p.strip("/") or "home"}</a></li>'
        for p in ("/", *scene.inner_paths, "/about", "/contact")
        if "*" not in p
    )
    assets = (
        f'<link rel="stylesheet" href="/themes/theme-{number}/style.css">\n'
        f'<script src="/themes/theme-{number}/theme.js" defer></script>\n'
        '<link rel="stylesheet" href="https://fonts.googleapis.com/css2?family=Inter">\n'
    )
    generator = scene.text("generator")
    if generator:
        assets += f'<meta name="generator" content="{generator}">\n'
    sections = "".join(_section(scene, kind, name) for kind in order)
    extra = _watch(scene, name) if scene.text("shows") else ""
    partners = remaining(scene)
    spam = "".join(
        f"<li>{scene.anchor(x, rel='nofollow ugc')}</li>" for x in scene.leads("link", "comments")
    )
    title = f"{scene.text('brand')} – {scene.text('trade')}"
    return (
        head(scene, title, extra=assets + trackers(scene), language=scene.text("language", "en"))
        + f'<body class="{name("body")}"><header class="{name("head")}"><a href="/">'
        + f'{scene.text("brand")}</a><nav><ul>{menu}</ul></nav></header><{wrapper} class="'
        + f'{name("wrap")}">{sections}{extra}{frames(scene)}{plain_names(scene)}'
        + (f"<h3>Links</h3>{partners}" if partners else "")
        + (f'<section class="comments" id="comments"><ol>{spam}</ol></section>' if spam else "")
        + f'</{wrapper}><footer class="{name("foot")}"><p>&copy; {scene.text("brand")}</p>'
        + "</footer></body></html>"
    )


def _watch(scene: Scene, name: Callable[[str], str]) -> str:
    """Schedule, players and results: lawful sites have them too."""
    rows = "".join(
        f"<tr><td>{h}:30</td><td>{prose(scene, 1)} - {prose(scene, 1)}</td><td><a "
        f'href="/live/{h}">'
        "live stream</a></td></tr>"
        for h in range(12, 23)
    )
    return (
        f'<section class="{name("live")}"><h2>Live today</h2><table>{rows}</table><iframe src='
        f'"https://www.youtube.com/embed/{scene.rng.randrange(10**9)}"></iframe><video controls '
        'src="/video/intro.mp4"></video></section>'
    )


TEMPLATES: Mapping[str, Callable[[Scene], str]] = {"ordinary": ordinary}
