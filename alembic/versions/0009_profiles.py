"""How a host was asked for, where not as usual"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_NAMES = (("profile", 20), ("tried", 60))


def upgrade() -> None:
    with op.batch_alter_table("visits", schema=None) as batch_op:
        for name, length in _NAMES:
            batch_op.add_column(
                sa.Column(name, sa.String(length), nullable=False, server_default="")
            )
    with op.batch_alter_table("visits", schema=None) as batch_op:
        for name, _ in _NAMES:
            batch_op.alter_column(name, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("visits", schema=None) as batch_op:
        for name, _ in _NAMES:
            batch_op.drop_column(name)
