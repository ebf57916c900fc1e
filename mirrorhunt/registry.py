"""The one thing that each file of a folder offers.

Adding a rule, kind or format means adding one file; no list is kept anywhere. The price, that a
file could offer nothing or two things, is paid here and by ``tests/test_layout.py``.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Generic, TypeVar

from mirrorhunt.errors import UnknownNameError

T = TypeVar("T")


class Registry(Mapping[str, T], Generic[T]):
    """Things by the name of the file that offers each; files are imported on first use.

    Iteration is in alphabetical order of the file names. A file whose name starts with an
    underscore offers nothing.
    """

    def __init__(self, package: str, noun: str) -> None:
        self._package = package
        self._noun = noun
        self._things: dict[str, T] = {}
        self._loaded = False

    def offer(self, thing: T, *, module: str | None = None) -> T:
        """Register *thing* under the name of its file.

        *module* is needed for things that do not know where they were made (instances).
        """
        where = module or str(getattr(thing, "__module__", ""))
        name = where.rpartition(".")[2]
        if name in self._things:
            raise ValueError(f"{where} offers two things: {self._things[name]!r} and {thing!r}")
        self._things[name] = thing
        return thing

    def _load(self) -> dict[str, T]:
        if not self._loaded:
            package = import_module(self._package)
            for name in sorted(info.name for info in iter_modules(package.__path__)):
                if not name.startswith("_"):
                    import_module(f"{self._package}.{name}")
            self._things = dict(sorted(self._things.items()))
            self._loaded = True
        return self._things

    def __getitem__(self, name: str) -> T:
        things = self._load()
        if name not in things:
            raise UnknownNameError(f"no {self._noun} {name!r}; there are: {', '.join(things)}")
        return things[name]

    def __contains__(self, name: object) -> bool:
        return name in self._load()

    def __iter__(self) -> Iterator[str]:
        return iter(self._load())

    def __len__(self) -> int:
        return len(self._load())
