"""What every command starts from: the settings, the database, the hands-off list."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from mirrorhunt import protecting
from mirrorhunt.config import Config
from mirrorhunt.protecting import Keep
from mirrorhunt.store import migrate
from mirrorhunt.store.session import engine_for


@dataclass(frozen=True, slots=True)
class Context:
    """The settings of this call."""

    config: Config

    def engine(self) -> Engine:
        """The database, brought up to date. Raises StoreError or ConfigError."""
        engine = engine_for(self.config.database_url)
        migrate.upgrade(engine)
        return engine

    def keep(self, engine: Engine) -> Keep:
        """What is out of bounds now."""
        return protecting.keep(engine, self.now(), self.config.protect)

    def now(self) -> datetime:
        """This instant; everything below the command line is told it."""
        return self.config.now()
