"""The content gate on small pages of ten languages: what it has to let through, and what not.

The gate's own errors are the residual risk of attribution (docs/attribution.md §4): who dresses
two members as a victim from their first day is stopped by the gate and a person alone. So both
figures are pinned here. A page that is judged wrongly stands in `KNOWN_WRONG` with its reason.
"""

from collections.abc import Callable, Iterable

import pytest

from mirrorhunt import verdicts
from tests import make


def links(*names: str, to: str = "/c/") -> str:
    return "".join(f"<a href='{to}{i}'>{name}</a>" for i, name in enumerate(names))


def rows(*lines: str) -> str:
    return "<ul>" + "".join(f"<li>{line}</li>" for line in lines) + "</ul>"


def table(*lines: tuple[str, str, str]) -> str:
    return (
        "<table>"
        + "".join(f"<tr><td>{t}</td><td>{a}</td><td>{b}</td></tr>" for t, a, b in lines)
        + "</table>"
    )


EMBED = "<iframe src='https://cdn.player.example/embed/ch{}'></iframe>"
HLS = "<script>const h = new Hls(); h.loadSource('https://edge.example/live/x.m3u8');</script>"

TRADE = {
    # ------------------------------------------------ schedules with channels, one a language
    "it schedule and channels": rows(
        "18:00 Serie A: Rossi - Verdi", "20:45 Serie A: Neri - Bianchi", "21:00 Coppa: Nord - Sud"
    )
    + links("Sky Sport 1", "DAZN 1", "Eurosport 2", "Canale Premier", "Mediaset", "Rai Sport"),
    "es schedule and channels": rows(
        "16:15 LaLiga: Norte vs Sur", "18:30 LaLiga: Este vs Oeste", "21:00 Copa: Rojo vs Azul"
    )
    + links("Movistar LaLiga", "DAZN 2", "ESPN", "Gol Play", "Eurosport 1"),
    "pt schedule and channels": rows(
        "16:00 Brasileirão: Azul x Verde", "19h30 Série B: Branco x Preto", "21:30 Leão x Águia"
    )
    + links("Premiere", "SporTV 2", "ESPN 4", "Combate"),
    "fr schedule and channels": rows(
        "17h00 Ligue 1 : Nord - Sud", "19:00 Ligue 1 : Est - Ouest", "21h00 Coupe : Rouge - Bleu"
    )
    + links("Canal+ Sport", "beIN 1", "RMC Sport 1", "Eurosport"),
    "de schedule and channels": rows(
        "15:30 Bundesliga: Nord gegen Süd", "18:30 Rot gegen Blau", "20:30 Ost gegen West"
    )
    + links("Sky Bundesliga 1", "DAZN 1", "Eurosport 1", "Sport1", "RTL", "Magenta Sport"),
    "en schedule and channels": rows(
        "12:30 Premier: Reds vs Blues", "15:00 Whites vs Greens", "17:30 North v South"
    )
    + links("Sky Sports 1", "TNT Sports 2", "ESPN", "beIN Sports"),
    "pl schedule and channels": rows(
        "18:00 Ekstraklasa: Północ - Południe", "20:30 Wschód - Zachód", "21:00 Puchar: Orły - Lwy"
    )
    + links("Polsat Sport", "Canal+ Sport", "Eleven Sports 1", "Eurosport 2", "Viaplay"),
    "ar schedule and channels": rows(
        "19:00 الشمال vs الجنوب", "21:00 الشرق - الغرب", "22:00 الأحمر - الأزرق"
    )
    + links("beIN Sports 1", "SSC 1", "Alkass One", "OSN Sports", "بي ان سبورت"),
    "tr schedule and channels": rows(
        "19:00 Süper Lig: Kuzey - Güney", "21:45 Doğu - Batı", "22:00 Kupa: Kara - Ak"
    )
    + links("beIN Sports 1", "S Sport", "Tivibu Spor 1", "Exxen", "TRT Spor"),
    "el schedule and channels": rows(
        "17:00 Βορράς - Νότος", "19:30 Ανατολή - Δύση", "21:00 Κόκκινοι - Κίτρινοι"
    )
    + links("Cosmote Sport 1", "Novasports 2", "Eurosport", "ESPN"),
    # ------------------------------------------------ players
    "it player": "<h1>Diretta</h1>" + EMBED.format(1),
    "es player, locker": "<iframe src='https://dood.example/e/3kd92ksl0a'></iframe>",
    "pt player, canal": "<iframe src='https://x.example/canal/sportv2.php'></iframe>",
    "fr hls.js": HLS,
    "de video tag": "<video><source src='/live/1.m3u8'></video>",
    "en clappr": "<script>new Clappr.Player({source: atob('aHR0')})</script>",
    "pl ace stream": "<a href='acestream://0123456789'>Kanał 1</a>",
    "ar player": "<h1>بث مباشر</h1>" + EMBED.format(9),
    "tr jw player": "<script>jwplayer('p').setup({file: 'https://a.example/m.m3u8'})</script>",
    "el player": EMBED.format(4),
    # ------------------------------------------------ playlists and subscriptions
    "en playlist": "<a href='/free/sports.m3u'>Free list</a>",
    "de playlist": "<a href='http://x.example:80/get.php?username=a&password=b'>Liste</a>",
    "it subscription and channels": "<h2>IPTV abbonamento 12 mesi: 49,99 €</h2>"
    + links("Sky", "DAZN", "Mediaset", "Eurosport"),
    "tr series": links("1. Bölüm izle", "2. Bölüm izle", "3. Bölüm izle")
    + links("a", "b", "c", to="https://voe.example/f/x"),
}

LAWFUL = {
    # ------------------------------------------------ news with a fixture table
    "it news": "<article>Il big match di domenica.</article>"
    + rows("15:00 Rossi - Verdi", "18:00 Neri - Bianchi", "20:45 Nord - Sud"),
    "es news": "<article>Horarios y dónde ver por TV: Movistar, DAZN, ESPN, Gol.</article>"
    + rows("16:15 Norte vs Sur", "18:30 Este vs Oeste", "21:00 Rojo vs Azul"),
    "pt news, links to tags": rows("16:00 Azul x Verde", "19:30 Branco x Preto", "21:30 Leão x Ar")
    + links("Futebol", "Premier League", "Sport Lisboa", "NBA", "Política"),
    "fr news": "<p>Police: les sites IPTV coûtent 10 € par an, abonnement illégal.</p>",
    "de news, broadcasters as tags": "<article>Wer zeigt was?</article>"
    + links("DAZN", "Sky", "Bundesliga", "Sport", "Politik")
    + rows("15:30 Nord - Süd", "18:30 Rot - Blau", "20:30 Ost - West"),
    "en news, video": "<video src='/clips/goal.mp4'></video>"
    "<iframe src='https://www.youtube.com/embed/abcdefghijk'></iframe>",
    "ar news": "<article>مباريات اليوم</article>"
    + rows("19:00 الشمال - الجنوب", "21:00 الشرق - الغرب", "22:00 الأحمر - الأزرق"),
    "tr news": rows("19:00 Kuzey - Güney", "21:45 Doğu - Batı", "22:00 Kara - Ak")
    + links("Spor", "Gündem", "Ekonomi"),
    # ------------------------------------------------ a club's site
    "it club": rows("15:00 Casa - Ospiti", "18:00 Casa - Nord", "20:30 Sud - Casa")
    + links("Rosa", "Biglietti", "Sponsor: Sky", "Shop"),
    "pl club": rows("15:00 Orły - Lwy", "17:30 Orły - Wilki", "18:00 Sokoły - Orły")
    + links("Bilety", "Sklep", "Drużyna"),
    "el club": table(("20:30", "Νότος", "Βορράς"), ("19:00", "Δύση", "Νότος")),
    "de club, its sports videos": "<iframe src='https://player.vimeo.com/video/1'></iframe>"
    + links("Folge 1: Training", "Folge 2: Anreise", "Folge 3: Spieltag"),
    # ------------------------------------------------ a TV guide
    "it TV guide": links("Sky Uno", "Rai 1", "Canale 5", "Italia 1", "La7", "DAZN")
    + rows("21:20 Film: Il mare - prima visione", "23:00 Tg - notizie"),
    "fr TV guide": links("TF1", "France 2", "M6", "Arte", "Canal+", "beIN Sports", "RMC")
    + rows("21h10 Série: Nord - saison 2"),
    "en TV guide": links("BBC One", "ITV", "Sky Atlantic", "Eurosport", "TNT Sports", "ESPN")
    + rows("20:00 The News", "21:00 Drama"),
    "de TV magazine with the matches": links("ARD", "ZDF", "Sky", "DAZN", "Eurosport", "TNT Sport")
    + rows("15:30 Nord - Süd", "18:30 Rot - Blau", "20:30 Ost - West"),
    # ------------------------------------------------ a bar that shows the match
    "es bar": "<p>¡Ven a ver el partido! Cerveza 3,50 €, tapas 5 €</p>"
    + rows("21:00 Norte - Sur", "21:00 Este - Oeste", "18:30 Rojo - Azul"),
    "en pub": "<p>All games live on Sky Sports and TNT. Burgers £12.50</p>"
    + rows("12:30 Reds v Blues", "15:00 Whites v Greens", "17:30 North v South"),
    "de bar": "<p>Bei uns: alle Spiele live auf Sky, DAZN. Pils 3,80 €</p>",
    # ------------------------------------------------ who writes about it, who sells boxes
    "en blog about IPTV": "<p>Is IPTV legal? A subscription costs $10 a month.</p>"
    + links("What is m3u", "Smarters explained", "Sky", "About me"),
    "pt blog about IPTV": "<p>Assinatura de IPTV pirata por R$ 20: riscos.</p>"
    + links("Tecnologia", "Streaming", "Netflix"),
    "en electronics shop": "<p>Firestick 4K £59.99. Plans for insurance.</p>"
    + links("TVs", "Cables", "Sky remote", "HDMI"),
    "it electronics shop": "<p>Decoder con Smarters 89,00 €. Abbonamento assistenza.</p>"
    + links("TV", "Cavi", "Telecomandi Sky"),
    "tr electronics shop": "<p>Android TV box 1.299 ₺</p>" + links("TV", "Kablo"),
    # ------------------------------------------------ forums, podcasts, schools, cinemas
    "es fan forum": "<div class='comments'><a href='https://x.example/a.m3u8'>enlace</a>"
    "<a href='acestream://01'>ace</a>"
    + rows("21:00 A - B", "21:00 C - D", "20:00 E - F")
    + "</div>",
    "pl fan forum": links("Mecz: Orły - Lwy", "Gdzie oglądać?", "Transfery", "Canal+"),
    "en podcast": links("Episode 1", "Episode 2", "Episode 3")
    + "<iframe src='https://x.example/embed/podcast/1'></iframe>",
    "fr podcast with files": links("Épisode 1", "Épisode 2", "Épisode 3")
    + "<audio src='/a.mp3'></audio>",
    "ar school": rows("08:00 الدرس - الرياضيات", "09:00 الدرس - العلوم", "10:00 الدرس - اللغة"),
    "en timetable of buses": rows("08:15 Town - Harbour", "09:15 Town - Hill", "10:15 Town - Sea"),
    "en free software": links("iso", "torrent", to="/d/x.torrent?")
    + "<a href='/d/1.iso'>Download</a>",
    "el lawful web radio": "<audio src='/stream'></audio><iframe src='/player/radio'></iframe>",
    "it cinema with trailers": rows(
        "18:00 Mare - sala 1", "20:30 Monte - sala 2", "22:30 Film - 3"
    )
    + "<iframe src='https://www.youtube.com/embed/abcdefghijk'></iframe>",
}

LAWFUL |= {
    "de club with a podcast": links("Folge 1: Training", "Folge 2: Anreise", "Folge 3: Spieltag")
    + rows("15:30 Nord - Süd", "18:30 Rot - Nord", "20:30 Nord - West"),
    "en lectures to download": links("Episode 1", "Episode 2", "Episode 3", to="/lectures/a.mp4?"),
    "it newspaper with a clip": "<script>jwplayer('v').setup({file: '/video/gol.mp4'})</script>",
    "pt newspaper with a clip": "<script>videojs('v', {sources: [{src: '/v/1.mp4'}]})</script>",
    "es news on raids": "<p>La policía cierra una IPTV: la suscripción costaba 10 € al mes.</p>"
    + rows("16:15 Norte vs Sur", "18:30 Este vs Oeste", "21:00 Rojo vs Azul"),
    "el law office": "<p>IPTV: παράνομη συνδρομή 10 € τον μήνα και πρόστιμα.</p>",
    "it newspaper with an HLS clip": "<script>new Hls().loadSource('/v/1.m3u8')</script>",
    "de telecom's own IPTV": "<p>IPTV-Abonnement ab 19,95 € im Monat</p>"
    + links("Sky", "DAZN", "Eurosport", "MagentaSport", "RTL+", "Viaplay"),
    "en council's webcast": "<iframe src='https://council.example/live/chamber'></iframe>",
}

KNOWN_WRONG = {
    # One player is like another: what it plays, a page does not say.
    "it newspaper with an HLS clip",
    "en council's webcast",
    # The word, the price and the channels: the licence is not on the page.
    "de telecom's own IPTV",
    # A page of channels with the day's matches is what a guide and an aggregator both are; what
    # tells them apart is what stands behind the links, and one page does not say.
    "de TV magazine with the matches",
}

Values = Callable[..., list[str]]


def is_open(values: Iterable[str]) -> bool:
    host = make.host(shows={"offers": tuple(values)})
    gate = verdicts.conclude(make.case(host, make.host("seed.test")), ()).gate
    # With the gate open, the sentence says what else is missing.
    return "its page neither offers" not in gate


def test_there_are_enough_pages_to_say_something() -> None:
    assert len(TRADE) + len(LAWFUL) >= 40


@pytest.mark.parametrize("name", TRADE)
def test_a_page_of_the_trade_opens_the_gate(values: Values, name: str) -> None:
    assert is_open(values("offers", TRADE[name])) is (name not in KNOWN_WRONG)


@pytest.mark.parametrize("name", LAWFUL)
def test_a_lawful_page_does_not_open_the_gate(values: Values, name: str) -> None:
    assert is_open(values("offers", LAWFUL[name])) is (name in KNOWN_WRONG)


def test_the_figures_in_the_documents_hold(values: Values) -> None:
    # docs/attribution.md §4 names them: false alarms of all lawful pages.
    wrong = [name for name, html in LAWFUL.items() if is_open(values("offers", html))]

    assert (len(wrong), len(LAWFUL)) == (4, 42)
