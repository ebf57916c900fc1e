"""Words of the languages that the world's pages are written in."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """What the pages of a streaming network say in one language."""

    live: str
    watch: str
    schedule: str
    channels: str
    mirrors: str
    contact: str
    today: str
    match: str
    time: str
    new_address: str
    bookmark: str
    text_us: str
    pitch: str
    disclaimer: str
    friends: str
    donate: str
    leagues: tuple[str, ...]
    teams: tuple[str, ...]
    stations: tuple[str, ...]


LANGUAGES: Mapping[str, Words] = {
    "it": Words(
        "diretta",
        "guarda ora",
        "Calendario di oggi",
        "Canali",
        "Domini alternativi",
        "Contatti",
        "Oggi",
        "Partita",
        "Ora",
        "Il nostro nuovo indirizzo è",
        "Salva nei preferiti: se il sito viene oscurato usa uno di questi domini",
        "Seguici su Telegram per il nuovo indirizzo",
        "tutte le partite di calcio in streaming gratis, senza registrazione, in HD",
        "Questo sito non ospita alcun video sui propri server.",
        "Siti amici",
        "Sostienici",
        ("Prima Divisione", "Seconda Divisione", "Coppa Nazionale", "Coppa dei Campioni", "Moto"),
        (
            "Torino",
            "Bologna",
            "Verona",
            "Lecce",
            "Empoli",
            "Udine",
            "Genova",
            "Cagliari",
            "Parma",
            "Monza",
            "Bari",
            "Palermo",
            "Pisa",
            "Como",
            "Venezia",
            "Cremona",
            "Salerno",
            "Napoli",
        ),
        ("Stadio 1", "Stadio 2", "Arena Calcio", "Motori", "Canale Sport", "Cinema Uno"),
    ),
    "es": Words(
        "en vivo",
        "ver ahora",
        "Agenda de hoy",
        "Canales",
        "Dominios alternativos",
        "Contacto",
        "Hoy",
        "Partido",
        "Hora",
        "Nuestro nuevo dominio es",
        "Guarda esta página: si nos bloquean entra por uno de estos dominios",
        "Síguenos en Telegram para conocer la nueva dirección",
        "todos los partidos de fútbol gratis y en directo, sin registro y en HD",
        "Esta web no aloja ningún vídeo en sus servidores.",
        "Páginas amigas",
        "Apóyanos",
        ("Primera", "Segunda", "Copa", "Liga de Campeones", "Motor"),
        (
            "Sevilla",
            "Bilbao",
            "Vigo",
            "Gijón",
            "Cádiz",
            "Valencia",
            "Málaga",
            "Getafe",
            "Elche",
            "Granada",
            "Pamplona",
            "Girona",
            "Huesca",
            "Lugo",
            "Burgos",
            "Albacete",
            "Oviedo",
        ),
        ("Gol 1", "Gol 2", "Deporte Total", "Arena Liga", "Motor TV", "Cine Estreno"),
    ),
    "pt": Words(
        "ao vivo",
        "assistir agora",
        "Jogos de hoje",
        "Canais",
        "Domínios alternativos",
        "Contato",
        "Hoje",
        "Jogo",
        "Hora",
        "Nosso novo endereço é",
        "Salve nos favoritos: se o site cair use um destes domínios",
        "Siga no Telegram para saber o novo endereço",
        "todos os jogos de futebol ao vivo grátis, sem cadastro, em HD",
        "Este site não hospeda nenhum vídeo.",
        "Sites amigos",
        "Apoie",
        ("Série A", "Série B", "Copa", "Libertadores", "Estadual"),
        (
            "Porto",
            "Braga",
            "Faro",
            "Coimbra",
            "Santos",
            "Recife",
            "Bahia",
            "Curitiba",
            "Fortaleza",
            "Goiás",
            "Cuiabá",
            "Chapecó",
            "Natal",
            "Belém",
            "Campinas",
            "Joinville",
            "Leiria",
        ),
        ("Placar 1", "Placar 2", "Arena Gol", "Canal Esporte", "Estádio TV", "Cine Mais"),
    ),
    "fr": Words(
        "en direct",
        "regarder",
        "Programme du jour",
        "Chaînes",
        "Adresses de secours",
        "Contact",
        "Aujourd'hui",
        "Match",
        "Heure",
        "Notre nouvelle adresse est",
        "Ajoutez aux favoris : en cas de blocage utilisez une de ces adresses",
        "Suivez-nous sur Telegram pour la nouvelle adresse",
        "tous les matchs de foot en streaming gratuit, sans inscription, en HD",
        "Ce site n'héberge aucune vidéo sur ses serveurs.",
        "Sites amis",
        "Soutenez-nous",
        ("Division 1", "Division 2", "Coupe", "Ligue des Champions", "Rugby"),
        (
            "Nantes",
            "Lens",
            "Lille",
            "Brest",
            "Reims",
            "Nice",
            "Metz",
            "Dijon",
            "Angers",
            "Lorient",
            "Troyes",
            "Caen",
            "Amiens",
            "Auxerre",
            "Sochaux",
            "Nancy",
            "Ajaccio",
            "Grenoble",
        ),
        ("Stade 1", "Stade 2", "Foot Direct", "Arène Sport", "Moteurs", "Ciné Plus"),
    ),
    "en": Words(
        "live",
        "watch now",
        "Today's schedule",
        "Channels",
        "Mirror domains",
        "Contact",
        "Today",
        "Match",
        "Time",
        "Our new address is",
        "Bookmark this page: if we get blocked use one of these domains",
        "Follow our Telegram channel for the new address",
        "all football matches live and free, no sign-up, in HD",
        "This site does not host any video on its servers.",
        "Friends",
        "Donate",
        ("Premier Division", "Championship", "National Cup", "Champions Cup", "Boxing"),
        (
            "Leeds",
            "Derby",
            "Norwich",
            "Burnley",
            "Fulham",
            "Preston",
            "Watford",
            "Reading",
            "Hull",
            "Stoke",
            "Ipswich",
            "Luton",
            "Swansea",
            "Cardiff",
            "Bolton",
            "Wigan",
            "Barnsley",
        ),
        ("Pitch 1", "Pitch 2", "Arena Sports", "Goal TV", "Motor TV", "Movie One"),
    ),
    "de": Words(
        "live",
        "jetzt ansehen",
        "Spielplan heute",
        "Sender",
        "Ausweichadressen",
        "Kontakt",
        "Heute",
        "Spiel",
        "Zeit",
        "Unsere neue Adresse lautet",
        "Lesezeichen setzen: bei einer Sperre eine dieser Adressen benutzen",
        "Folgt uns auf Telegram für die neue Adresse",
        "alle Fußballspiele kostenlos im Stream, ohne Anmeldung, in HD",
        "Diese Seite speichert keine Videos auf ihren Servern.",
        "Freunde",
        "Spenden",
        ("Erste Liga", "Zweite Liga", "Pokal", "Königsklasse", "Handball"),
        (
            "Bremen",
            "Mainz",
            "Bochum",
            "Köln",
            "Freiburg",
            "Augsburg",
            "Rostock",
            "Kiel",
            "Essen",
            "Aachen",
            "Dresden",
            "Halle",
            "Jena",
            "Ulm",
            "Paderborn",
            "Darmstadt",
            "Magdeburg",
        ),
        ("Stadion 1", "Stadion 2", "Arena Sport", "Torkanal", "Motor TV", "Kino Eins"),
    ),
}

_LATIN_TEXT = (
    "lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut "
    "labore et dolore magna aliqua enim ad minim veniam quis nostrud exercitation ullamco laboris "
    "nisi aliquip ex ea commodo consequat duis aute irure in reprehenderit voluptate velit esse "
    "cillum fugiat nulla pariatur excepteur sint occaecat cupidatat non proident sunt culpa qui"
)
LATIN = tuple(_LATIN_TEXT.split())

_TOPICS_TEXT = (
    "season opening hours new members training evening summer programme prices delivery workshop "
    "children garden kitchen concert ticket history team service repair course teacher exhibition "
    "book guest room holiday walk village council project volunteer family health advice market "
    "harvest recipe bicycle museum chapel choir match report photo gallery contact visit"
)
TOPICS = tuple(_TOPICS_TEXT.split())
