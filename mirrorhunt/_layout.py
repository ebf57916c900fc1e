"""Where the parts that sit beside this package are.

In a checkout ``spiders/``, ``pipelines/`` and ``alembic/`` lie next to ``mirrorhunt/``. A wheel
carries them inside it, so that installing mirrorhunt claims no import name but its own. No other
module knows the difference.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
# The file, not importlib's find_spec: a left-over __pycache__ folder counts as a package there.
_IN_WHEEL = (_PACKAGE / "spiders" / "__init__.py").is_file()

SPIDERS = "mirrorhunt.spiders" if _IN_WHEEL else "spiders"
PIPELINES = "mirrorhunt.pipelines" if _IN_WHEEL else "pipelines"
MIGRATIONS = (_PACKAGE if _IN_WHEEL else _PACKAGE.parent) / "alembic"
