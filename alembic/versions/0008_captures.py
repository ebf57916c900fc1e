"""What is kept of looks: captures"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "captures",
        sa.Column("id", _ID, nullable=False),
        sa.Column("host_id", _ID, nullable=False),
        sa.Column("run_id", _ID, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("vantage", sa.String(40), nullable=False),
        sa.Column("path", sa.String(2000), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("availability", sa.String(20), nullable=False),
        sa.Column("final_url", sa.String(), nullable=True),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("tool", sa.String(200), nullable=False),
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["host_id"], ["hosts.id"], name=op.f("fk_captures_host_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_captures_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_captures")),
    )
    op.create_index("ix_captures_host_id_at", "captures", ["host_id", "at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_captures_host_id_at", table_name="captures")
    op.drop_table("captures")
