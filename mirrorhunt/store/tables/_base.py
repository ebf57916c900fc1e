"""The root of the tables, and the types that they share."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, Integer, MetaData
from sqlalchemy.orm import DeclarativeBase

from mirrorhunt.store.types import SafeText, UtcDateTime

# SQLite numbers rows by itself only in an INTEGER column.
Id = BigInteger().with_variant(Integer(), "sqlite")


class Base(DeclarativeBase):
    """The root of the tables."""

    # Named constraints, or SQLite could never drop one.
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {
        datetime: UtcDateTime(),
        str: SafeText(),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
    }
