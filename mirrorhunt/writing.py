"""A file is written whole or not at all."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, TypeVar

from mirrorhunt.errors import InputError

T = TypeVar("T")


def whole(path: Path, write: Callable[[BinaryIO], T]) -> T:
    """Let *write* write *path*, through a temporary file beside it: the old one stands or the new,
    never half of one, whatever happens. Returns what *write* returns. Raises InputError."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as out:
                made = write(out)
                out.flush()
                os.fsync(out.fileno())
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as e:
        raise InputError(
            f"cannot write {str(path)!r}: {e.strerror}; nothing was changed"
        ) from None
    return made
