"""What a template is given, and the small pieces of HTML that most templates need."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from mirrorhunt.lab.world import Host, Html, Lead, World


@dataclass(frozen=True)
class Scene:
    """One page of one host, about to be written."""

    world: World
    host: Host
    path: str
    html: Html
    rng: random.Random
    """Seeded by world, host and path: the same page is written each time."""

    @property
    def values(self) -> Mapping[str, object]:
        return self.html.values

    def text(self, key: str, default: str = "") -> str:
        """The value *key*, escaped."""
        return escape(str(self.values.get(key, default)))

    def texts(self, key: str) -> tuple[str, ...]:
        """The values of *key*, escaped; empty if there are none."""
        found = self.values.get(key, ())
        assert isinstance(found, tuple)
        return tuple(escape(str(value)) for value in found)

    def leads(self, technique: str, region: str | None = None) -> tuple[Lead, ...]:
        """The hosts this page has to lead to by *technique*."""
        return tuple(
            lead
            for lead in self.html.leads
            if lead.technique == technique and region in (None, lead.region)
        )

    def url(self, lead: Lead) -> str:
        """The address a lead is written with: HTTPS where the host has it."""
        target = self.world.find(lead.host)
        scheme = "http" if target is not None and target.certificate is None else "https"
        return f"{scheme}://{lead.host}{escape(lead.path)}"

    def anchor(self, lead: Lead, text: str | None = None, rel: str = "") -> str:
        """A link; its text is the host unless given."""
        rel_attribute = f' rel="{rel}"' if rel else ""
        return f'<a href="{self.url(lead)}"{rel_attribute}>{text or lead.host}</a>'

    @property
    def inner_paths(self) -> tuple[str, ...]:
        """The host's other pages, for its navigation."""
        return tuple(p for p, b in self.host.routes.items() if isinstance(b, Html) and p != "/")


def head(scene: Scene, title: str, *, extra: str = "", language: str = "en") -> str:
    """Document type and head, with whatever the page's leads and icon put there."""
    links = [f'<link rel="canonical" href="{scene.url(x)}">' for x in scene.leads("canonical")]
    links += [
        f'<link rel="alternate" hreflang="{code}" href="{scene.url(x)}">'
        for x, code in zip(scene.leads("alternate"), _CODES * 8, strict=False)
    ]
    links += [
        f'<meta name="google-site-verification" content="{token}">'
        for token in scene.texts("tokens")
    ]
    icon = scene.text("icon")
    if icon:
        links.append(f'<link rel="icon" href="{icon}">')
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n" + "\n".join(links) + f"\n{extra}\n</head>\n"
    )


_CODES = ("it", "es", "pt", "fr", "en", "de")


def remaining(scene: Scene, technique: str = "link", region: str = "body") -> str:
    """The page's links as a list, for templates without a better place for them."""
    items = "".join(f"<li>{scene.anchor(x)}</li>" for x in scene.leads(technique, region))
    return f"<ul>{items}</ul>" if items else ""


def plain_names(scene: Scene) -> str:
    """Hosts that are named without a link."""
    return "".join(f"<p>{x.host}</p>" for x in scene.leads("text"))


def frames(scene: Scene) -> str:
    """Frames that the page's leads ask for."""
    return "".join(
        f'<iframe src="{scene.url(x)}" width="100%" height="480" allowfullscreen></iframe>'
        for x in scene.leads("frame")
    )


def trackers(scene: Scene) -> str:
    """The snippets of the analytics and advertising identifiers the host carries.

    ``ids`` holds texts of the form ``kind:value``.
    """
    return "\n".join(_SNIPPETS[kind].replace("%", value) for kind, value in _ids(scene))


def _ids(scene: Scene) -> list[tuple[str, str]]:
    pairs = (text.partition(":") for text in scene.texts("ids"))
    return [(kind, value) for kind, _, value in pairs]


_SNIPPETS: Mapping[str, str] = {
    "ga": '<script async src="https://www.googletagmanager.com/gtag/js?id=%"></script>\n'
    "<script>window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments)}"
    "gtag('js',new Date());gtag('config','%');</script>",
    "ua": "<script>(function(i,s,o,g,r,a,m){i['GoogleAnalyticsObject']=r})(window,document,"
    "'script','https://www.google-analytics.com/analytics.js','ga');"
    "ga('create','%','auto');ga('send','pageview');</script>",
    "gtm": "<script>(function(w,d,s,l,i){w[l]=w[l]||[]})(window,document,'script','dataLayer','%')"
    '</script><noscript><iframe src="https://www.googletagmanager.com/ns.html?id=%" height="0" '
    'width="0"></iframe></noscript>',
    "metrika": "<script>(function(m,e,t,r,i,k,a){m[i]=m[i]||function(){}})(window,document,"
    '"script","https://mc.yandex.ru/metrika/tag.js","ym");ym(%,"init",{clickmap:true});</script>'
    '<noscript><img src="https://mc.yandex.ru/watch/%" alt=""></noscript>',
    "histats": "<script>var _Hasync=_Hasync||[];_Hasync.push(['Histats.start', "
    "'1,%,4,0,0,0,00010000']);_Hasync.push(['Histats.fasi', '1']);</script>",
    "adsense": '<script async src="https://pagead2.googlesyndication.com/pagead/js/adsbygoogle.js'
    '?client=ca-pub-%" crossorigin="anonymous"></script>',
    "zone": '<script src="//pushlane.com/tag.min.js" data-zone="%" async '
    'data-cfasync="false"></script>',
    "pop": "<script>(function(s,u,z,p){s.src=u,s.setAttribute('data-zone',z),p.appendChild(s);})"
    "(document.createElement('script'),'https://popsera.net/tag.min.js',%,"
    "document.body||document.documentElement)</script>",
    "fbpixel": "<script>!function(f,b,e,v,n,t,s){}(window,document,'script',"
    "'https://connect.facebook.net/en_US/fbevents.js');fbq('init','%');</script>",
}
