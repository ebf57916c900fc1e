"""The tokens of a script, its brackets and its functions: the outline that `scripts` reads by."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

MAX_TOKENS = 60_000
MAX_NESTED = 50
"""How many functions around a place are asked when it runs."""
MAX_EXPRESSION_TOKENS = 300
MAX_SCANNED = 300_000
"""How many tokens are passed in search of the ends of expressions, all together."""

# Possessive throughout: no character is tried twice.
_TOKEN = re.compile(
    r"(?P<space>[\s\ufeff]++|//[^\n\r]*+|<!--[^\n\r]*+|/\*(?:[^*]|\*(?!/))*+(?:\*/)?)"
    r"|(?P<name>[A-Za-z_$\u0080-\uffff][\w$]*+)"
    r"|(?P<number>0[xX][0-9a-fA-F]++|[0-9]++(?:\.[0-9]*+)?(?:[eE][+-]?[0-9]++)?)"
    r"|(?P<text>\"(?:[^\"\\\n]|\\[\s\S])*+\"?|'(?:[^'\\\n]|\\[\s\S])*+'?)"
    r"|(?P<template>`(?:[^`\\]|\\[\s\S])*+`?)"
    r"|(?P<sign>===|!==|=>|==|!=|<=|>=|&&|\|\||\?\?|\?\.|\+\+|--|\+=|-=|\*=|\.\.\.|[\s\S])"
)
# Where a value cannot end, a slash opens a pattern: `x / y` against `return /x/`.
_PATTERN = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*+\])++/[a-z]*+")
_BEFORE_PATTERN = frozenset({"return", "typeof", "case", "in", "of", "void", "delete"})


class Token(NamedTuple):
    kind: str
    text: str


def _tokens(source: str) -> list[Token]:
    tokens: list[Token] = []
    at = 0
    while at < len(source) and len(tokens) < MAX_TOKENS:
        found = _TOKEN.match(source, at)
        if found is None:
            break
        kind, text = found.lastgroup or "", found.group()
        if text == "/" and _opens_pattern(tokens[-1] if tokens else None):
            pattern = _PATTERN.match(source, at)
            if pattern:
                tokens.append(Token("pattern", pattern.group()))
                at = pattern.end()
                continue
        at = found.end()
        if kind != "space":
            tokens.append(Token(kind, text))
    return tokens


def _opens_pattern(before: Token | None) -> bool:
    if before is None:
        return True
    if before.kind == "name":
        return before.text in _BEFORE_PATTERN
    return before.kind == "sign" and before.text not in {")", "]", "}"}


_CONTROL = frozenset({"if", "for", "while", "switch", "catch", "with"})
# Those who call what they are given by themselves; everything else waits for the visitor.
ON_VISITOR = re.compile(
    r"(?:on)?(?:click|dblclick|mouse\w*|key\w*|touch\w*|pointer\w*|submit|change|focus|blur|scroll"
    r"|wheel|input|contextmenu|beforeunload|unload|popstate|hashchange|visibilitychange|message"
    r"|drag\w*|resize|error|hover|tap|one|delegate)\Z"
)
LISTENING = frozenset({"addEventListener", "attachEvent", "on", "bind", "one", "live"})


@dataclass(slots=True)
class Function:
    start: int
    """Of its body."""
    end: int
    when: str = "run"
    name: str = ""


class Outline:
    """A script in tokens, with what belongs together in it. Never fails, whatever it is given."""

    def __init__(self, source: str) -> None:
        self.tokens = _tokens(source)
        self.partner: dict[int, int] = {}
        """Each bracket's other."""
        self._around: list[int] = []
        self._scanned = 0
        self._pair()
        self.functions = self._find_functions()
        self._owners = self._own()

    def _pair(self) -> None:
        """Each bracket's partner, and for each token the innermost open bracket around it."""
        opened: list[int] = []
        closing = {")": "(", "]": "[", "}": "{"}
        for i, token in enumerate(self.tokens):
            is_sign = token.kind == "sign"
            opener = closing.get(token.text) if is_sign else None
            if opener and opened and self.tokens[opened[-1]].text == opener:
                self.partner[i] = opened[-1]
                self.partner[opened.pop()] = i
            self._around.append(opened[-1] if opened else -1)
            if is_sign and token.text in "([{":
                opened.append(i)

    def text(self, i: int) -> str:
        """The token *i*, unless it is a text or there is none: those are an empty text."""
        if 0 <= i < len(self.tokens) and self.tokens[i].kind in {"name", "sign"}:
            return self.tokens[i].text
        return ""

    def name(self, i: int) -> str:
        """The token *i* if it is a name, or an empty text."""
        if 0 <= i < len(self.tokens) and self.tokens[i].kind == "name":
            return self.tokens[i].text
        return ""

    def functions_around(self, at: int) -> Iterator[Function]:
        """The functions whose bodies hold the token *at*, the innermost first."""
        inner = self._owners[at] if at < len(self._owners) else -1
        for _ in range(MAX_NESTED):
            if inner < 0:
                return
            yield self.functions[inner]
            inner = self._owners[max(self.functions[inner].start - 1, 0)]

    def _own(self) -> list[int]:
        """For each token, the innermost function whose body holds it; -1 for none."""
        owners = [-1] * len(self.tokens)
        starts = {f.start: n for n, f in enumerate(self.functions)}
        open_now: list[int] = []
        for i in range(len(owners)):
            while open_now and i >= self.functions[open_now[-1]].end:
                open_now.pop()
            if i in starts:
                open_now.append(starts[i])
            owners[i] = open_now[-1] if open_now else -1
        return owners

    def _find_functions(self) -> list[Function]:
        functions = []
        for i, token in enumerate(self.tokens):
            if token.kind != "sign":
                continue
            if token.text == "=>":
                head = self.partner.get(i - 1, i - 1)
                body = i + 1
                end = self.partner.get(body) if self.text(body) == "{" else None
                functions.append(self._placed(head, body, end or self.end_of(body), ""))
            elif token.text == "{" and self.text(i - 1) == ")":
                opened = self.partner.get(i - 1, -1)
                before = self.text(opened - 1)
                end = self.partner.get(i, len(self.tokens))
                if before == "function":
                    functions.append(self._placed(opened - 1, i, end, ""))
                elif self.text(opened - 2) == "function":
                    functions.append(self._placed(opened - 2, i, end, before))
                elif self.name(opened - 1) and before not in _CONTROL:
                    functions.append(Function(i, end, "asleep", before))
        return functions

    def end_of(self, start: int) -> int:
        """Where the expression that starts at *start* ends."""
        around = self._around[start] if start < len(self._around) else -1
        end = self.partner.get(around, len(self.tokens))
        i = start
        end = min(end, start + min(MAX_EXPRESSION_TOKENS, MAX_SCANNED - self._scanned))
        while i < end and self.text(i) not in {",", ";"}:
            i = self.partner.get(i, i) + 1 if self.text(i) in {"(", "[", "{"} else i + 1
        self._scanned += i - start
        return i

    def _placed(self, head: int, start: int, end: int, name: str) -> Function:
        """The function whose first token is *head*, with what its place says about it."""
        if self.text(head - 1) == "async":
            head -= 1
        before = self.text(head - 1)
        if self.text(end + 1) == "(" and before not in {"=", ":", ","} and not name:
            return Function(start, end)
        if before in {"(", ","}:
            around = self._around[head]
            if self.text(around) != "(":
                return Function(start, end, "asleep", name)
            callee = self.name(around - 1)
            if before == "(" and not callee:
                # In brackets of its own: it runs if it is called there and then.
                after = self.text(end + 2)
                return Function(start, end, "run" if after in {"(", "."} else "asleep", name)
            return Function(start, end, self.when_handed(callee, around), name)
        if before == "=":
            name = self.text(head - 2)
            if ON_VISITOR.match(name):
                return Function(start, end, "event", name)
            return Function(start, end, "run" if name.startswith("on") else "asleep", name)
        return Function(start, end, "asleep", name)

    def when_handed(self, callee: str, opened: int) -> str:
        """When a function runs that is handed to *callee*."""
        if callee in LISTENING and opened + 1 < len(self.tokens):
            return "event" if ON_VISITOR.match(self.tokens[opened + 1].text[1:-1]) else "run"
        return "event" if ON_VISITOR.match(callee) else "run"
