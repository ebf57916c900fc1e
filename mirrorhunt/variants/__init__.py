"""Names worth asking about, made from names we know, one rule a file.

Each file offers one `Rule`. `propose` asks every rule for ideas, weighs them by how often networks
in general, and this network itself, have moved that way, and gives names in order of probability.
To add a rule: one file here and one test file with the names it must not propose; how often it is
right is learned the next time the statistics are made.
"""

from mirrorhunt.variants._brands import brands, propose_for_brands
from mirrorhunt.variants._facts import facts_of, month_of
from mirrorhunt.variants._jsonl import answer
from mirrorhunt.variants._lore import Fact
from mirrorhunt.variants._past import Known
from mirrorhunt.variants._proposer import Proposal, propose, question_of
from mirrorhunt.variants._rule import Idea, Move, Question, Rule, narrowest_first, rules
from mirrorhunt.variants._statistics import MIN_NETWORKS_OF_WORD, Statistics

__all__ = [
    "MIN_NETWORKS_OF_WORD",
    "Fact",
    "Idea",
    "Known",
    "Move",
    "Proposal",
    "Question",
    "Rule",
    "Statistics",
    "answer",
    "brands",
    "facts_of",
    "month_of",
    "narrowest_first",
    "propose",
    "propose_for_brands",
    "question_of",
    "rules",
]
