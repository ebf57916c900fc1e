"""Names for a world: a brand and what its operator makes of it, and names of the innocent."""

import random
from dataclasses import dataclass

_HEADS = {
    "it": ("goal", "calcia", "palla", "tifo", "rete", "campo", "mister", "curva", "ultra"),
    "es": ("gole", "balon", "cancha", "fichaje", "porteria", "hincha", "regate", "fichas"),
    "pt": ("fute", "chute", "placar", "gramado", "torcida", "craque", "drible", "arquib"),
    "fr": ("buteur", "ballon", "tribune", "pelouse", "mitemps", "maillot", "arbitre", "kop"),
    "de": ("tor", "anstoss", "kurven", "abseits", "flanken", "elfer", "bolz", "ecken"),
}
_TAILS = {
    "it": ("strada", "lumen", "vento", "fiume", "ponte", "monte", "isola", "torre", "prato"),
    "es": ("camino", "pueblo", "faro", "cielo", "norte", "campana", "molino", "bahia"),
    "pt": ("estrada", "praia", "serra", "vento", "porto", "lagoa", "colina", "ponte"),
    "fr": ("riviere", "lumiere", "jardin", "village", "etoile", "moulin", "colline", "marais"),
    "de": ("strasse", "bruecke", "wald", "licht", "insel", "berg", "garten", "hafen"),
}
# Those that such networks move to, the commonest first.
_SUFFIXES_TEXT = (
    "com xyz live to me sx net org club tv online site top cc vip fun lol pro info io "
    "stream eu it es fr de biz pw re cx ru tel"
)
SUFFIXES = tuple(_SUFFIXES_TEXT.split())
_SYLLABLES_TEXT = "ba lo mi ra ven to ka ri so ne pu da fe gi lu mo za ti or el"
_SYLLABLES = tuple(_SYLLABLES_TEXT.split())


@dataclass(frozen=True, slots=True)
class Brand:
    """One label that the network goes by, in one language."""

    label: str
    language: str

    @property
    def shown(self) -> str:
        return self.label.capitalize()


def brands(rng: random.Random) -> tuple[Brand, ...]:
    """The network's brands, the main one (it) first."""
    return tuple(
        Brand(rng.choice(heads) + rng.choice(_TAILS[language]), language)
        for language, heads in _HEADS.items()
    )


def numbered(label: str, first: int, count: int, suffix: str) -> list[str]:
    """``label12.xyz``, ``label13.xyz`` …"""
    return [f"{label}{n}.{suffix}" for n in range(first, first + count)]


def invented(rng: random.Random, syllables: int = 4) -> str:
    """A label that means nothing."""
    return "".join(rng.choices(_SYLLABLES, k=syllables))


def member_names(rng: random.Random, found: tuple[Brand, ...]) -> dict[str, Brand]:
    """Every name of the network with the brand it shows, in the order they were taken."""
    main, *others = found
    names: dict[str, Brand] = {}

    def take(brand: Brand, *new: str) -> None:
        names.update(dict.fromkeys(new, brand))

    take(main, *(f"{main.label}.{s}" for s in rng.sample(SUFFIXES[:24], 18)))
    take(main, *numbered(main.label, 1, 24, rng.choice(("xyz", "online", "site"))))
    take(main, *numbered(main.label, 5, 4, "live"))
    for affix in ("hd", "tv", "live", "s", "gratis", "-tv", "-live", "-streaming", "-hd", "4k"):
        take(main, *(f"{main.label}{affix}.{s}" for s in rng.sample(SUFFIXES, 2)))
    for prefix in ("the", "new-", "ww1-", "my"):
        take(main, f"{prefix}{main.label}.{rng.choice(SUFFIXES)}")
    for brand in others:
        take(brand, *(f"{brand.label}.{s}" for s in rng.sample(SUFFIXES[:24], 6)))
        take(brand, *numbered(brand.label, 1, 5, rng.choice(("xyz", "top", "club"))))
        take(brand, *(f"{brand.label}{a}.{rng.choice(SUFFIXES)}" for a in ("tv", "-live", "hd")))
    english = Brand(main.label, "en")
    take(english, *(f"{main.label}-{w}.{rng.choice(SUFFIXES)}" for w in ("sports", "iptv", "usa")))
    for _ in range(18):
        brand = rng.choice(found)
        take(brand, f"{invented(rng)}.{rng.choice(SUFFIXES)}")
    return names
