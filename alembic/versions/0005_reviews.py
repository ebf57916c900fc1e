"""What people decide, what is learned from it, and what a state has to wait for"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("networks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("judged_at", _AT, nullable=True))
    with op.batch_alter_table("hosts", schema=None) as batch_op:
        batch_op.add_column(_text("next_availability", 20))
        batch_op.add_column(sa.Column("next_since", _AT, nullable=True))
        batch_op.add_column(_count("next_looks"))
        batch_op.add_column(sa.Column("epoch_since", _AT, nullable=True))
        batch_op.add_column(_text("epoch_because", None))
    with op.batch_alter_table("verdicts", schema=None) as batch_op:
        batch_op.alter_column("policy", existing_type=sa.String(20), type_=sa.String(40))
        batch_op.add_column(_text("role", 20))
        batch_op.add_column(_text("flags", 100))
        batch_op.add_column(_text("reviewed_by", None))
        batch_op.add_column(
            sa.Column("is_reopened", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    _settle("hosts", "next_availability", "next_looks", "epoch_because")
    _settle("verdicts", "role", "flags", "reviewed_by", "is_reopened")
    op.create_table(
        "reviews",
        sa.Column("id", _ID, nullable=False),
        sa.Column("network_id", _ID, nullable=False),
        sa.Column("host_id", _ID, nullable=False),
        sa.Column("decision", sa.String(20), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("verdict_id", _ID, nullable=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("drawn", sa.String(20), nullable=False),
        sa.Column("undoes_id", _ID, nullable=True),
        sa.Column("expires_at", _AT, nullable=True),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_reviews_network_id")
        ),
        sa.ForeignKeyConstraint(["host_id"], ["hosts.id"], name=op.f("fk_reviews_host_id")),
        sa.ForeignKeyConstraint(
            ["verdict_id"], ["verdicts.id"], name=op.f("fk_reviews_verdict_id")
        ),
        sa.ForeignKeyConstraint(["undoes_id"], ["reviews.id"], name=op.f("fk_reviews_undoes_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
    )
    with op.batch_alter_table("reviews", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reviews_host_id"), ["host_id"], unique=False)
        batch_op.create_index("ix_reviews_network_id_host_id", ["network_id", "host_id"])
    op.create_table(
        "calibrations",
        sa.Column("id", _ID, nullable=False),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("made_at", _AT, nullable=False),
        sa.Column("decisions", sa.Integer(), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibrations")),
        sa.UniqueConstraint("version", name=op.f("uq_calibrations_version")),
    )
    op.create_table(
        "secrets",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("value", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secrets")),
    )


def _text(name: str, length: int | None) -> sa.Column[str]:
    kind = sa.String(length) if length else sa.String()
    return sa.Column(name, kind, nullable=False, server_default="")


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, server_default="0")


def _settle(table: str, *columns: str) -> None:
    """The rows that are there have their value now; new ones are given theirs by the program."""
    with op.batch_alter_table(table, schema=None) as batch_op:
        for column in columns:
            batch_op.alter_column(column, server_default=None)


def downgrade() -> None:
    op.drop_table("secrets")
    op.drop_table("calibrations")
    op.drop_table("reviews")
    with op.batch_alter_table("verdicts", schema=None) as batch_op:
        for column in ("is_reopened", "reviewed_by", "flags", "role"):
            batch_op.drop_column(column)
        batch_op.alter_column("policy", existing_type=sa.String(40), type_=sa.String(20))
    with op.batch_alter_table("hosts", schema=None) as batch_op:
        for column in (
            "epoch_because",
            "epoch_since",
            "next_looks",
            "next_since",
            "next_availability",
        ):
            batch_op.drop_column(column)
    with op.batch_alter_table("networks", schema=None) as batch_op:
        batch_op.drop_column("judged_at")
