"""How many made-up names were asked for, by the rule that made them"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "questions",
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rule", sa.String(40), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Float(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_questions_run_id")),
        sa.PrimaryKeyConstraint("run_id", "rule", name=op.f("pk_questions")),
    )


def downgrade() -> None:
    op.drop_table("questions")
