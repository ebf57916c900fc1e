"""How hosts were judged before, so that only what changed is judged again"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "memories",
        sa.Column("network_id", _ID, nullable=False),
        sa.Column("host_id", _ID, nullable=False),
        sa.Column("keys", sa.String(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["host_id"], ["hosts.id"], name=op.f("fk_memories_host_id")),
        sa.ForeignKeyConstraint(
            ["network_id"], ["networks.id"], name=op.f("fk_memories_network_id")
        ),
        sa.PrimaryKeyConstraint("network_id", "host_id", name=op.f("pk_memories")),
    )


def downgrade() -> None:
    op.drop_table("memories")
