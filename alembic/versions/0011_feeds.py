"""Feeds, deliveries and who loads them"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "feeds",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("held_at", _AT),
        sa.Column("held_by", sa.String(), nullable=False),
        sa.Column("held_because", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feeds")),
        sa.UniqueConstraint("name", name=op.f("uq_feeds_name")),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", _ID, nullable=False),
        sa.Column("feed_id", _ID, nullable=False),
        sa.Column("serial", _ID, nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("restores", _ID),
        sa.Column("because", sa.String(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Integer(), nullable=False),
        sa.Column("renewed", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("manifest_digest", sa.String(64), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("placed_at", _AT),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_deliveries_feed_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("feed_id", "serial", name=op.f("uq_deliveries_feed_id_serial")),
    )
    op.create_table(
        "delivery_entries",
        sa.Column("id", _ID, nullable=False),
        sa.Column("feed_id", _ID, nullable=False),
        sa.Column("host", sa.String(253), nullable=False),
        sa.Column("registrable_domain", sa.String(253), nullable=False),
        sa.Column("scope", sa.String(20), nullable=False),
        sa.Column("network", sa.String(100), nullable=False),
        sa.Column("relation", sa.String(20), nullable=False),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("availability", sa.String(20), nullable=False),
        sa.Column("score_bits", sa.Float(), nullable=False),
        sa.Column("reviewed_by", sa.String(), nullable=False),
        sa.Column("first_seen", _AT, nullable=False),
        sa.Column("last_verified", _AT, nullable=False),
        sa.Column("valid_until", _AT, nullable=False),
        sa.Column("since_id", _ID, nullable=False),
        sa.Column("until_id", _ID),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("because", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["feed_id"], ["feeds.id"], name=op.f("fk_delivery_entries_feed_id")
        ),
        sa.ForeignKeyConstraint(
            ["since_id"], ["deliveries.id"], name=op.f("fk_delivery_entries_since_id")
        ),
        sa.ForeignKeyConstraint(
            ["until_id"], ["deliveries.id"], name=op.f("fk_delivery_entries_until_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_entries")),
    )
    for columns in (["feed_id", "until_id"], ["host"], ["since_id"], ["until_id"]):
        name = f"ix_delivery_entries_{'_'.join(columns)}"
        op.create_index(op.f(name), "delivery_entries", columns)
    op.create_table(
        "consumers",
        sa.Column("id", _ID, nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("token_digest", sa.String(64), nullable=False),
        sa.Column("feeds", sa.String(), nullable=False),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("ended_at", _AT),
        sa.Column("ended_by", sa.String(), nullable=False),
        sa.Column("ended_because", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consumers")),
        sa.UniqueConstraint("name", name=op.f("uq_consumers_name")),
        sa.UniqueConstraint("token_digest", name=op.f("uq_consumers_token_digest")),
    )
    op.create_table(
        "downloads",
        sa.Column("id", _ID, nullable=False),
        sa.Column("consumer_id", _ID),
        sa.Column("feed", sa.String(40), nullable=False),
        sa.Column("serial", _ID),
        sa.Column("file", sa.String(200), nullable=False),
        sa.Column("at", _AT, nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("sent_bytes", _ID, nullable=False),
        sa.Column("address", sa.String(45), nullable=False),
        sa.ForeignKeyConstraint(
            ["consumer_id"], ["consumers.id"], name=op.f("fk_downloads_consumer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_downloads")),
    )
    op.create_index(op.f("ix_downloads_feed_at"), "downloads", ["feed", "at"])


def downgrade() -> None:
    for table in ("downloads", "consumers", "delivery_entries", "deliveries", "feeds"):
        op.drop_table(table)
