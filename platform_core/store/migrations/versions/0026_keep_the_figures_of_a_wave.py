"""Keep with each wave how many applications it holds and their highest risk, in place of counting placements."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

COUNT = """
    UPDATE wave SET
    applications = (SELECT count(*) FROM placement p WHERE p.plan_id = wave.plan_id AND p.wave = wave.number),
    highest_risk = (SELECT max(p.risk) FROM placement p WHERE p.plan_id = wave.plan_id AND p.wave = wave.number)
"""


def upgrade() -> None:
    op.add_column("wave", sa.Column("applications", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("wave", sa.Column("highest_risk", sa.Float(), nullable=True))
    op.execute(COUNT)
    op.drop_index("ix_placement_wave_risk", table_name="placement")


def downgrade() -> None:
    op.create_index("ix_placement_wave_risk", "placement", ["plan_id", "wave", "risk"], unique=False)
    op.drop_column("wave", "highest_risk")
    op.drop_column("wave", "applications")
