"""The SQL that writes the build's smaller tables; names as in `statements`.

`conv_no` numbers each part's conversations; `message_of` names the messages with reactions.
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from supportnet.schema import BUILD_TABLES

__all__ = ["REACTED", "STAYS", "TABLES", "type_name"]

_TYPES: Final = {
    pa.int16(): "SMALLINT",
    pa.int32(): "INTEGER",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.bool_(): "BOOLEAN",
    pa.string(): "VARCHAR",
    pa.binary(16): "BLOB",
}


def type_name(type_: pa.DataType) -> str:
    """Return the DuckDB name of an Arrow type of the schema."""
    return _TYPES[type_]


# The dated stays of persons in conversations.
STAYS: Final = """
    SELECT DISTINCT c.conversation_id, a.person_id, m.joined_us, m.left_us
    FROM p_memberships m JOIN conv_no c USING (source_id, conv)
    JOIN acc a USING (source_id, account) WHERE a.person_id IS NOT NULL
"""

_ACCOUNT: Final = """
    SELECT pseudonym, min(platform) AS platform, min(person_id) AS person_id,
           bool_or(is_owner) AS is_owner, bool_or(is_bot) AS is_bot,
           bool_or(is_placeholder) AS is_placeholder,
           min(coalesce(e.consent, CASE WHEN is_owner THEN 'donor' ELSE 'none' END)) AS consent,
           min(place) AS place
    FROM acc LEFT JOIN consent_arrow e USING (pseudonym)
    WHERE person_id IS NOT NULL GROUP BY pseudonym
"""

# By all columns, so that the order is the same in every build.
_FIRST: Final = ("source_id", "conversation_id", "start_us")
_COVERAGE_ORDER: Final = ", ".join(
    [*_FIRST, *(name for name in BUILD_TABLES["coverage"].names if name not in _FIRST)]
)

REACTED: Final = "SELECT DISTINCT target_key FROM p_reactions WHERE target_key IS NOT NULL"

TABLES: Final[dict[str, str]] = {
    "codes": "SELECT NULL::BLOB AS native_key, '' AS code, 0.0 AS score WHERE false",
    "accounts": f"""
        SELECT row_number() OVER (ORDER BY place, person_id) - 1 AS account_id,
               lower(hex(pseudonym)) AS pseudonym, * EXCLUDE (pseudonym)
        FROM ({_ACCOUNT}) ORDER BY account_id
    """,
    "people": f"""
        SELECT person_id, bool_or(is_owner) AS is_owner, bool_or(is_bot) AS is_bot,
               bool_and(is_placeholder) AS is_placeholder,
               list_min(list(array_position(['donor', 'consented', 'notified', 'none'], consent)))
                   AS rank,
               ['donor', 'consented', 'notified', 'none'][rank] AS consent
        FROM ({_ACCOUNT}) GROUP BY person_id ORDER BY person_id
    """,
    "memberships": STAYS + " ORDER BY ALL",
    "reactions": """
        WITH given AS (
            SELECT x.target_key, a.person_id AS actor_id, x.kind, x.n, t.person_id AS target_id,
                   x.t_us, x.visibility, x.source_id, x.pos, x.actor
            FROM p_reactions x
            LEFT JOIN acc a ON a.source_id = x.source_id AND a.account = x.actor
            LEFT JOIN acc t ON t.source_id = x.source_id AND t.account = x.target_author
            WHERE x.actor IS NULL OR a.person_id IS NOT NULL)
        SELECT m.message_id, g.target_key, g.actor_id, max(g.n) AS n,
               coalesce(min(g.target_id), min(m.author_id)) AS target_id, min(g.t_us) AS t_us,
               g.kind, min(g.visibility) AS visibility, min(g.source_id) AS source_id
        FROM given g LEFT JOIN message_of m ON m.target_key = g.target_key
        GROUP BY m.message_id, g.target_key, g.actor_id, g.kind
        ORDER BY min(g.source_id), min(g.pos), g.actor_id, g.kind, m.message_id, g.target_key
    """,
    "contacts": """
        SELECT o.person_id AS owner_id, t.person_id AS other_id, x.kind, min(x.t_us) AS t_us,
               min(x.resolution_us) AS resolution_us
        FROM p_contacts x
        JOIN acc o ON o.source_id = x.source_id AND o.account = x.owner
        JOIN acc t ON t.source_id = x.source_id AND t.account = x.other
        WHERE o.person_id IS NOT NULL AND t.person_id IS NOT NULL AND o.person_id <> t.person_id
        GROUP BY ALL ORDER BY ALL
    """,
    "coverage": f"""
        SELECT * FROM (
            SELECT x.* EXCLUDE (owner, conv), a.person_id AS owner_id, c.conversation_id
            FROM p_coverage x
            LEFT JOIN acc a ON a.source_id = x.source_id AND a.account = x.owner
            LEFT JOIN conv_no c ON c.source_id = x.source_id AND c.conv = x.conv
            WHERE x.owner IS NULL OR a.person_id IS NOT NULL)
        ORDER BY {_COVERAGE_ORDER}
    """,
    "rejects": "SELECT source_id, member, record, reason FROM p_rejects ORDER BY ALL",
}
