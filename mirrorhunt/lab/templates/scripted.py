"""Pages that only a browser can read: what they show is made, or led to, by their scripts.

Each takes another page (value ``inner``: the name of its template) and hides it from whoever runs
no scripts; the leads of the page are those of what it hides.
"""

import base64
import json
from collections.abc import Callable, Mapping
from textwrap import wrap

from mirrorhunt.lab.templates.background import ordinary
from mirrorhunt.lab.templates.decoys import broadcaster
from mirrorhunt.lab.templates.scene import Scene, head, plain_names
from mirrorhunt.lab.templates.streaming import Sheet, sportspress, stadium

_SHOWN: Mapping[str, Callable[[Scene], str]] = {
    function.__name__: function for function in (stadium, sportspress, ordinary, broadcaster)
}
_MASK = 23

APP = """
fetch('/api/page').then(function (r) { return r.json(); }).then(function (d) {
  var page = new DOMParser().parseFromString(d.html, 'text/html');
  document.title = page.title;
  document.head.append(...page.head.children);
  document.getElementById('root').append(...page.body.children);
});
"""
"""The script of a page that an interface describes and a script draws."""


def _shown(scene: Scene) -> str:
    return _SHOWN[scene.text("inner", "stadium")](scene)


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def app(scene: Scene) -> str:
    """An empty element, and a script that asks the site's interface for what goes into it."""
    return (
        head(scene, scene.text("brand"), extra='<script src="/assets/app.js" defer></script>')
        + '<body><div id="root"></div></body></html>'
    )


def app_data(scene: Scene) -> str:
    """What the interface of such a page answers."""
    return json.dumps({"html": _shown(scene)})


def written(scene: Scene) -> str:
    """The page in pieces, in the wrong order, written by a script."""
    pieces = json.dumps(wrap(_encoded(_shown(scene)), 997)[::-1])
    return (
        head(scene, "Loading")
        + f"<body><script>var d={pieces};document.open();document.write(decodeURIComponent("
        "escape(atob(d.reverse().join('')))));document.close();</script></body></html>"
    )


def gate(scene: Scene) -> str:
    """A button, and the page behind it: no test, one click."""
    words = {"it": ("Benvenuto!", "Entra nel sito"), "es": ("Bienvenido", "Entrar")}
    text, button = words.get(scene.text("language", "en"), ("Welcome!", "Enter the site"))
    return (
        head(scene, scene.text("brand"))
        + f'<body><div class="gate"><p>{text}</p><button id="enter">{button}</button></div>'
        f'<script>var p="{_encoded(_shown(scene))}";document.getElementById("enter")'
        '.addEventListener("click",function(){document.open();document.write('
        "decodeURIComponent(escape(atob(p))));document.close();});</script></body></html>"
    )


def nested(scene: Scene) -> str:
    """A page of words with a frame that a script makes, in which a script makes the player."""
    if scene.path != "/":
        return (
            head(scene, "live")
            + "<body><script>var h='"
            + _encoded(scene.text("player_host"))
            + "';var f=document.createElement('iframe');f.src='https://'+atob(h)+'/embed/ch'+"
            f"(40+2);document.body.appendChild(f);fetch('https://{scene.text('api_host')}/hls/"
            "ch42/playlist.m3u8').catch(function(){});</script></body></html>"
        )
    sheet = Sheet(scene)
    announced = "".join(
        f"<p><strong>{sheet.words.new_address} {scene.anchor(lead)}</strong></p>"
        for lead in scene.leads("announcement")
    )
    links = "".join(
        f'<li><a href="/squadra/{n}">{team}</a></li>' for n, team in enumerate(sheet.words.teams)
    )
    handle = scene.text("handle")
    contact = f'<p><a href="https://t.me/{handle}">@{handle}</a></p>' if handle else ""
    return (
        head(scene, sheet.title(), language=sheet.language)
        + f'<body class="theme-night"><header class="topbar"><img src="/assets/img/logo.png" '
        f'alt=""></header><main><h1>{scene.text("brand")}</h1>'
        + f"<p>{sheet.words.pitch}. {sheet.words.disclaimer} {sheet.words.bookmark}.</p>" * 3
        + announced
        + f'<ul>{links}</ul><div class="player-box"></div><script>var f=document.createElement('
        "'iframe');f.src='/live/'+(6*7);f.width='100%';document.querySelector('.player-box')"
        ".appendChild(f);</script>"
        + "".join(f"<p>{scene.anchor(lead)}</p>" for lead in scene.leads("link"))
        + plain_names(scene)
        + f"</main><footer>{contact}</footer></body></html>"
    )


def sent_on(scene: Scene) -> str:
    """Sends its visitor on, by a script that cannot be read without running it."""
    url = scene.url(scene.leads("script_redirect")[0])
    script = _WAYS[scene.text("way", "masked")](url)
    return head(scene, "Loading") + f'<body><div class="spinner"></div>{script}</body></html>'


def _unmasking(url: str) -> str:
    codes = ",".join(str(ord(c) ^ _MASK) for c in url)
    return (
        f"var c=[{codes}],u='';for(var i=0;i<c.length;i++){{u+=String.fromCharCode(c[i]^{_MASK})}}"
    )


def _masked(url: str) -> str:
    return f"<script>{_unmasking(url)};location.href=u;</script>"


def _timed(url: str) -> str:
    return (
        f"<script>{_unmasking(url)};setTimeout(function(){{location.replace(u)}},2000);</script>"
    )


def _attribute(url: str) -> str:
    return (
        f'<i id="k" data-v="{_encoded(url)[::-1]}"></i><script>var v=document.getElementById("k")'
        '.getAttribute("data-v");window.location.assign(atob(v.split("").reverse().join("")));'
        "</script>"
    )


def _named_late(url: str) -> str:
    return (
        f"<script>var _0x4c1d=['{_encoded(url)}','noitacol','ferh'];(function(_0x1,_0x2){{var "
        "_0x3=function(n){return _0x1[n].split('').reverse().join('')};_0x2[_0x3(1)][_0x3(2)]="
        "_0x2['at'+'ob'](_0x1[0])})(_0x4c1d,window);</script>"
    )


_WAYS: Mapping[str, Callable[[str], str]] = {
    "masked": _masked,
    "timed": _timed,
    "attribute": _attribute,
    "named_late": _named_late,
}
WAYS = tuple(_WAYS)


def endless(scene: Scene) -> str:
    """A script that never ends."""
    return (
        head(scene, "Live") + "<body><p>Live</p><script>location.hash='x';while(true){}</script>"
    )


def windows(scene: Scene) -> str:
    """A script that opens a thousand windows, and asks whether one really wants to leave."""
    return head(scene, "Live") + (
        "<body><p>Live</p><script>location.hash='x';window.onbeforeunload=function(){return 'no'};"
        "for(var i=0;i<1000;i++){window.open('/w/'+i)};alert('live');print();</script>"
    )


def swelling(scene: Scene) -> str:
    """A script that makes a document of fifty megabytes."""
    return head(scene, "Live") + (
        "<body><p>Live</p><script>var s='<p>'+'goal '.repeat(200)+'</p>';for(var i=0;i<50;i++){"
        "document.body.insertAdjacentHTML('beforeend',s.repeat(1000))}</script>"
    )


TEMPLATES: Mapping[str, Callable[[Scene], str]] = {
    function.__name__: function
    for function in (app, app_data, written, gate, nested, sent_on, endless, windows, swelling)
}
