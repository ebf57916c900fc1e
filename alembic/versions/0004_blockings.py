"""Which nameserver hides which name"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "blockings",
        sa.Column("id", _ID, nullable=False),
        sa.Column("nameserver", sa.String(100), nullable=False),
        sa.Column("host_id", _ID, nullable=False),
        sa.Column("how", sa.String(20), nullable=False),
        sa.Column("answer", sa.String(300), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_run_id", _ID, nullable=False),
        sa.Column("last_run_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(["host_id"], ["hosts.id"], name=op.f("fk_blockings_host_id")),
        sa.ForeignKeyConstraint(
            ["first_run_id"], ["runs.id"], name=op.f("fk_blockings_first_run_id")
        ),
        sa.ForeignKeyConstraint(
            ["last_run_id"], ["runs.id"], name=op.f("fk_blockings_last_run_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blockings")),
        sa.UniqueConstraint(
            "nameserver", "host_id", "how", name=op.f("uq_blockings_nameserver_host_id_how")
        ),
    )
    with op.batch_alter_table("blockings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_blockings_host_id"), ["host_id"], unique=False)


def downgrade() -> None:
    op.drop_table("blockings")
