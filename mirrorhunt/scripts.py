"""What a page's inline scripts assign to ``location``, read without running anything.

A static reading: tokens, the brackets' partners, the functions and when they run, and expressions
of texts that are written out in the script. Whatever depends on anything else is unknown, and
nothing is guessed. Each loop has a bound, so that no script can keep us busy.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from mirrorhunt._script_outline import LISTENING, ON_VISITOR, Outline
from mirrorhunt._script_values import (
    KNOWN_FUNCTIONS,
    MAX_VALUE_CHARS,
    Text,
    Value,
    element,
    is_known,
    join,
    method,
    unescaped,
)

MAX_CHARS = 200_000
"""How much script is read, all of a page's together."""
MAX_STEPS = 150_000
"""How many parts of expressions are looked at."""
MAX_DEPTH = 24
MAX_SCRIPTS_IN_TEXTS = 50
"""How many texts are read as scripts: ``eval("…")``, ``setTimeout("…", 0)``."""
MAX_TARGETS = 100
MAX_VARIABLES = 5_000


class Target(NamedTuple):
    """A text that is assigned to ``location``."""

    text: str
    is_whole: bool
    """False if only its beginning is known: ``"https://films.example/?r=" + Math.random()``."""
    when: str
    """``run``: by itself; ``event``: when the visitor does something; ``asleep``: in a function
    that nothing we see calls."""


def targets(source: str, parts: Mapping[str, str]) -> Iterator[Target]:
    """What *source* assigns to location, in its order, at most `MAX_TARGETS`. Raises nothing.

    *parts* are those of the page's own URL, by the names that a script calls them (``href``,
    ``host``, ``pathname`` …).
    """
    memory = _Memory(dict(parts))
    # Twice, as a function may use what is written below it.
    outline = Outline(source[:MAX_CHARS])
    _Reader(outline, memory).run()
    memory.later, memory.now = memory.now, {}
    memory.found.clear()
    memory.steps = memory.scripts_in_texts = 0
    _Reader(outline, memory).run()
    yield from memory.found[:MAX_TARGETS]


@dataclass(slots=True)
class _Memory:
    """What is known while a page's scripts are read, those in texts of theirs included."""

    parts: dict[str, str]
    now: dict[str, Value] = field(default_factory=dict)
    later: dict[str, Value] = field(default_factory=dict)
    found: list[Target] = field(default_factory=list)
    steps: int = 0
    scripts_in_texts: int = 0


_GLOBALS = frozenset({"window", "self", "top", "parent", "document", "globalThis", "frames"})
_MOVING = frozenset({"replace", "assign"})
_TIMERS = frozenset({"setTimeout", "setInterval", "eval", "execScript"})
_HERE = frozenset({"_self", "_top", "_parent"})


class _Reader:
    """One pass over one script."""

    def __init__(self, outline: Outline, memory: _Memory, depth: int = 0) -> None:
        self._outline = outline
        self._text = self._outline.text
        self._name = self._outline.name
        self._memory = memory
        self._depth = depth
        self._called: list[tuple[str, int]] = []
        self._pending: list[tuple[int, Target]] = []

    # ------------------------------------------------------------ the pass

    def run(self) -> None:
        """Read the whole script into the memory."""
        i = 0
        while i < len(self._outline.tokens) and self._memory.steps < MAX_STEPS:
            if self._outline.tokens[i].kind == "name" and self._text(i - 1) not in {".", "?."}:
                i = self._read_statement(i)
            else:
                i += 1
        awake = self._awake()
        for at, target in self._pending:
            if len(self._memory.found) < MAX_TARGETS:
                when = self._when_at(at, awake) if target.when == "run" else target.when
                self._memory.found.append(target._replace(when=when))

    def _awake(self) -> set[str]:
        """The names of functions that are called by something that runs."""
        awake: set[str] = set()
        for _ in range(5):
            more = {name for name, at in self._called if self._when_at(at, awake) == "run"}
            if more <= awake:
                break
            awake |= more
        return awake

    def _when_at(self, at: int, awake: set[str]) -> str:
        whens = {
            "run" if f.when == "asleep" and f.name and f.name in awake else f.when
            for f in self._outline.functions_around(at)
        }
        return next((when for when in ("event", "asleep") if when in whens), "run")

    def _read_statement(self, i: int) -> int:
        """Read what the name at *i* starts; where to go on."""
        path, after = self._path(i, 0)
        sign = self._text(after)
        if sign in {"=", "+="}:
            self._assign(path, after)
        elif sign == "(":
            self._call(path, i, after)
        return max(after, i + 1)

    def _assign(self, path: tuple[str, ...], at: int) -> None:
        value, _ = self._expression(at + 1, 0)
        if self._text(at) == "=" and _is_location(path):
            self._keep(at, value)
            return
        if path[-1].startswith("on") and self._name(at + 1):
            if not ON_VISITOR.match(path[-1]):
                self._called.append((self._text(at + 1), at))
            return
        name = ".".join(path)
        now = self._memory.now
        if self._text(at) == "+=":
            value = join(now.get(name), value)
        if name in now or len(now) < MAX_VARIABLES:
            now[name] = value

    def _call(self, path: tuple[str, ...], start: int, at: int) -> None:
        last = path[-1]
        closed = self._outline.partner.get(at, at)
        if self._text(start - 1) == "function" or self._text(closed + 1) == "{":
            return
        if last in _MOVING and _is_location(path[:-1]) and path[-2] == "location":
            self._keep(at, self._expression(at + 1, 0)[0])
        elif last == "open" and len(_inner(path)) == 1:
            arguments = self._arguments(at, 0)[0]
            where = arguments[1] if len(arguments) > 1 else None
            if isinstance(where, Text) and where.text in _HERE:
                self._keep(at, arguments[0])
        elif last in _TIMERS:
            self._read_timer(at)
        elif last in LISTENING:
            called = self._name(self._outline.end_of(at + 1) + 1)
            if called and self._outline.when_handed(last, at) == "run":
                self._called.append((called, at))
        elif len(path) == 1:
            self._called.append((last, start))
            if last in {"$", "jQuery", "requestAnimationFrame"}:
                self._called.append((self._name(at + 1), start))

    def _read_timer(self, at: int) -> None:
        if self._name(at + 1) and self._text(at + 2) in {",", ")"}:
            self._called.append((self._name(at + 1), at))
        value, _ = self._expression(at + 1, 0)
        memory = self._memory
        if not isinstance(value, Text) or not value.is_whole or self._depth >= 2:
            return
        memory.scripts_in_texts += 1
        if memory.scripts_in_texts > MAX_SCRIPTS_IN_TEXTS:
            return
        before = len(memory.found)
        inner = _Reader(Outline(value.text), memory, self._depth + 1)
        inner.run()
        # They run when this place does.
        self._pending += [(at, target) for target in memory.found[before:]]
        del memory.found[before:]
        self._called += [(name, at) for name, _ in inner._called]

    def _keep(self, at: int, value: Value) -> None:
        if isinstance(value, Text) and value.text and len(self._pending) < MAX_TARGETS:
            self._pending.append((at, Target(value.text, value.is_whole, "run")))

    # ------------------------------------------------------------ expressions

    def _path(self, i: int, depth: int) -> tuple[tuple[str, ...], int]:
        """``a.b["c"]`` at *i* as its names, and where it ends."""
        names = [self._text(i)]
        i += 1
        while len(names) < 12:
            sign = self._text(i)
            if sign in {".", "?."} and self._name(i + 1):
                names.append(self._name(i + 1))
                i += 2
            elif sign == "[" and depth < MAX_DEPTH and i in self._outline.partner:
                member, end = self._expression(i + 1, depth + 1)
                if not isinstance(member, Text) or not member.is_whole or self._text(end) != "]":
                    break
                names.append(member.text)
                i = end + 1
            else:
                break
        return tuple(names), i

    def _expression(self, i: int, depth: int) -> tuple[Value, int]:
        """The value at *i*, None if it is not known, and where its expression ends."""
        value, i = self._sum(i, depth)
        while depth < MAX_DEPTH and self._memory.steps < MAX_STEPS:
            sign = self._text(i)
            if sign == "?":
                first, i = self._expression(i + 1, depth + 1)
                if self._text(i) != ":":
                    return first, i
                second, i = self._expression(i + 1, depth + 1)
                return first or second, i
            if sign in {"||", "??"}:
                other, i = self._sum(i + 1, depth + 1)
                value = value if is_known(value) else other
            elif sign == "&&":
                value, i = self._sum(i + 1, depth + 1)
            elif sign and sign in "=== !== <= >= - * / % < >" and sign != "=":
                _, i = self._sum(i + 1, depth + 1)
                value = None
            else:
                break
        return value, i

    def _sum(self, i: int, depth: int) -> tuple[Value, int]:
        value, i = self._postfixed(i, depth)
        while self._text(i) == "+" and self._memory.steps < MAX_STEPS:
            other, i = self._postfixed(i + 1, depth)
            value = join(value, other)
        return value, i

    def _postfixed(self, i: int, depth: int) -> tuple[Value, int]:
        value, i = self._operand(i, depth)
        while depth < MAX_DEPTH:
            self._memory.steps += 1
            sign = self._text(i)
            if sign in {".", "?."} and self._text(i + 1) and self._text(i + 2) == "(":
                name = self._text(i + 1)
                arguments, i = self._arguments(i + 2, depth + 1)
                value = self._spent(method(value, name, arguments))
            elif sign == "[" and isinstance(value, list):
                index, i = self._expression(i + 1, depth + 1)
                value = element(value, index)
                i += self._text(i) == "]"
            elif sign == "(":
                value, i = None, self._outline.partner.get(i, i) + 1
            else:
                break
        return value, i

    def _operand(self, i: int, depth: int) -> tuple[Value, int]:
        self._memory.steps += 1
        if i >= len(self._outline.tokens) or depth >= MAX_DEPTH or self._memory.steps > MAX_STEPS:
            return None, i
        kind, text = self._outline.tokens[i]
        if kind == "text":
            return Text(unescaped(text[1:].removesuffix(text[0]))[:MAX_VALUE_CHARS]), i + 1
        if kind == "template":
            return self._template(text[1:].removesuffix("`"), depth), i + 1
        if kind == "number":
            return Text(str(int(text, 16)) if text[:2] in {"0x", "0X"} else text), i + 1
        if kind == "pattern":
            return None, i + 1
        if text == "(":
            value, end = self._expression(i + 1, depth + 1)
            while self._text(end) == ",":
                value, end = self._expression(end + 1, depth + 1)
            return (value, end + 1) if self._text(end) == ")" else (None, self._past(i))
        if text == "[":
            values, end = self._arguments(i, depth + 1)
            return [v if isinstance(v, Text) else None for v in values], end
        if text in {"{", "function"}:
            return None, self._past_function(i)
        if text in {"!", "-", "+", "typeof", "void", "await"}:
            return None, self._operand(i + 1, depth + 1)[1]
        if text == "new":
            return self._operand(i + 1, depth + 1)
        return self._named(i, depth) if kind == "name" else (None, i)

    def _past(self, i: int) -> int:
        return self._outline.partner.get(i, i) + 1

    def _past_function(self, i: int) -> int:
        while i < len(self._outline.tokens) and self._text(i) != "{" and self._text(i) != ";":
            i = self._past(i) if self._text(i) == "(" else i + 1
            self._memory.steps += 1
        return self._past(i)

    def _arguments(self, opened: int, depth: int) -> tuple[list[Value], int]:
        """The values between the brackets that open at *opened*, and where they end."""
        end = self._outline.partner.get(opened, len(self._outline.tokens))
        values: list[Value] = []
        i = opened + 1
        while i < end and len(values) < 2_000 and self._memory.steps < MAX_STEPS:
            value, after = self._expression(i, depth)
            if self._text(after) != "," and after < end:
                value, after = None, self._outline.end_of(max(after, i + 1))
            values.append(value)
            i = max(after, i) + 1
        return values, end + 1

    def _named(self, i: int, depth: int) -> tuple[Value, int]:
        """The value of the variable, part of the URL or known function at *i*."""
        path, after = self._path(i, depth)
        inner = _inner(path)
        if self._text(after) == "(":
            known = ".".join(inner)
            if known in KNOWN_FUNCTIONS:
                arguments, end = self._arguments(after, depth + 1)
                return self._spent(KNOWN_FUNCTIONS[known](arguments)), end
            if len(path) > 1:
                value = self._variable(path[:-1])
                arguments, end = self._arguments(after, depth + 1)
                return self._spent(method(value, path[-1], arguments)), end
            return self._returned(path[-1], depth), self._past(after)
        return self._variable(path), after

    def _spent(self, value: Value) -> Value:
        """*value*, counted by its size: long ones cost time, too."""
        if isinstance(value, list):
            self._memory.steps += len(value)
        elif value is not None:
            self._memory.steps += len(value.text) // 50
        return value

    def _variable(self, path: tuple[str, ...]) -> Value:
        inner = _inner(path)
        if inner and inner[0] == "location" and len(inner) <= 2:
            part = self._memory.parts.get(inner[1] if len(inner) == 2 else "href")
            return None if part is None else Text(part)
        for name in (".".join(path), ".".join(inner)):
            for known in (self._memory.now, self._memory.later):
                if name in known:
                    return known[name]
        if len(path) > 1:
            held = self._variable(path[:-1])
            return element(held, Text(path[-1])) if isinstance(held, list) else None
        return None

    def _returned(self, name: str, depth: int) -> Value:
        """What the function *name* returns, if it does nothing but return it."""
        for function in self._outline.functions:
            if function.name == name and self._text(function.start + 1) == "return":
                return self._expression(function.start + 2, depth + 4)[0]
        return None

    def _template(self, text: str, depth: int) -> Value:
        value: Value = Text("")
        self._memory.steps += len(text) // 8
        for n, part in enumerate(re.split(r"\$\{([^}]{0,200})\}", text[:MAX_VALUE_CHARS])):
            if n % 2 == 0:
                value = join(value, Text(unescaped(part)))
            elif depth < 4:
                inner = _Reader(Outline(part), self._memory, self._depth + 1)
                value = join(value, inner._expression(0, depth + 8)[0])
            else:
                value = join(value, None)
        return value


def _inner(path: tuple[str, ...]) -> tuple[str, ...]:
    """*path* without ``window.``, ``top.`` and the like before it."""
    i = 0
    while i < len(path) - 1 and path[i] in _GLOBALS:
        i += 1
    return path[i:]


def _is_location(path: tuple[str, ...]) -> bool:
    return _inner(path) in {("location",), ("location", "href")}
