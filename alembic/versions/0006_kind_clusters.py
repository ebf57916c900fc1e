"""How many clusters show each kind, counted once and kept"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "kind_clusters",
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("clusters", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_observation_id", _ID, nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_kind_clusters")),
    )
    with op.batch_alter_table("networks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_networks_judged_at"), ["judged_at"], unique=False)
    with op.batch_alter_table("seeds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seeds_host_id"), ["host_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("seeds", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seeds_host_id"))
    with op.batch_alter_table("networks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_networks_judged_at"))
    op.drop_table("kind_clusters")
