"""Who protected what, when and why, kept for good; what a network says of confirming by itself"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "protection_changes",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.String(253), nullable=False),
        sa.Column("change", sa.String(20), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protection_changes")),
    )
    op.create_index("ix_protection_changes_name", "protection_changes", ["name"], unique=False)
    # Of what was overwritten before nothing is known: the history begins with what is there.
    op.execute(
        "insert into protection_changes (name, change, author, owner, reason, at, expires_at) "
        "select name, 'added', owner, owner, reason, added_at, expires_at from protected "
        "order by id"
    )
    with op.batch_alter_table("networks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("auto_confirm", sa.Double(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("networks", schema=None) as batch_op:
        batch_op.drop_column("auto_confirm")
    op.drop_index("ix_protection_changes_name", table_name="protection_changes")
    op.drop_table("protection_changes")
