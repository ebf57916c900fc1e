"""``sitetv`` → ``site``: a word less."""

from collections.abc import Iterator

from mirrorhunt.variants._rule import Idea, Move, Question, Rule, rules
from mirrorhunt.variants._words import MIN_STEM, cuts, plain


def explains(move: Move) -> str | None:
    label = plain(move.label)
    best: str | None = None
    for other in move.earlier:
        old = plain(other)
        if len(label) < MIN_STEM or not len(label) < len(old) <= 3 * len(label):
            continue
        found = None
        if old.startswith(label):
            found = f"end:{old[len(label) :]}"
        elif old.endswith(label):
            found = f"begin:{old[: -len(label)]}"
        if found and (best is None or len(found) < len(best)):
            best = found
    return best


def ideas(question: Question) -> Iterator[Idea]:
    for label, trust in question.bases:
        chance: dict[str, float] = {}
        sure_at = cuts(label, question.lore)
        for at in range(1, len(label)):
            # Left and right of each position, surest where a word ends; a cut in the middle of
            # nothing happens too (abbreviations).
            sure = sure_at.get(at, 0.0) + 0.01
            for piece, share in ((label[:at], 0.6), (label[at:], 0.4)):
                piece = piece.strip("-")
                if len(piece) >= MIN_STEM:
                    size = min(1.0, len(piece) / len(label) + 0.2)
                    chance[piece] = chance.get(piece, 0.0) + sure * share * size
        total = sum(chance.values())
        for piece, share in chance.items():
            yield Idea(piece, trust * share / total, f"{label!r} shortened")


rules.offer(Rule(breadth=150, reach=0.6, explains=explains, ideas=ideas), module=__name__)
