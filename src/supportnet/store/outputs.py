"""The SQL that writes the build's tables from the numbered rows; names as in `statements`."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

__all__ = ["FATES", "TABLES", "type_name"]

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


_ROLE = "LEFT JOIN acc {name} ON {name}.source_id = n.source_id AND {name}.account = n.{column}"

_MESSAGES: Final = f"""
    SELECT n.message_id,
           coalesce(n.native_key, unhex(md5(hex(n.conversation_key) || hex(n.author_pseudonym)
               || n.t_us || coalesce(hex(n.digest), '') || '/' || n.occurrence))) AS native_key,
           n.conversation_id, n.seq, n.author_id, n.t_us, n.kind, n.original_kind, n.visibility,
           n.visibility_raw, n.audience_size,
           r.message_id AS reply_to,
           coalesce(ra.person_id, r.author_id) AS reply_author,
           coalesce(oa.person_id, o.author_id) AS root_author,
           CASE WHEN n.reply_key IS NOT NULL THEN 'explicit' ELSE 'none' END AS reply_basis,
           q.message_id AS target_message,
           coalesce(ta.person_id, q.author_id) AS target_author,
           wo.person_id AS wall_owner, n.edited, n.time_note,
           n.lang, n.n_chars, n.n_words, n.n_emoji, n.has_question, n.has_link
    FROM numbered n
    LEFT JOIN message_of r ON r.native_key = n.reply_key
    LEFT JOIN message_of o ON o.native_key = n.root_key
    LEFT JOIN message_of q ON q.native_key = n.target_key
    {_ROLE.format(name="ra", column="reply_author")}
    {_ROLE.format(name="oa", column="root_author")}
    {_ROLE.format(name="ta", column="target_author")}
    {_ROLE.format(name="wo", column="wall_owner")}
    ORDER BY n.message_id
"""

_NAMED: Final = """
    SELECT DISTINCT n.message_id, a.person_id
    FROM p_{table} x JOIN raw r USING (source_id, pos) JOIN rep_of o USING (ord)
    JOIN numbered n ON n.rep = o.rep
    JOIN acc a ON a.source_id = x.source_id AND a.account = x.account
    WHERE a.person_id IS NOT NULL AND a.person_id <> n.author_id
"""

_STAYS: Final = """
    SELECT DISTINCT c.conversation_id, a.person_id, m.joined_us, m.left_us
    FROM p_memberships m JOIN conv_no c USING (source_id, conv)
    JOIN acc a USING (source_id, account) WHERE a.person_id IS NOT NULL
"""

# Readers the record names, else the members of the closed list at that time.
_RECIPIENTS: Final = f"""
    WITH named AS ({_NAMED.format(table="recipients")}),
    stay AS ({_STAYS}),
    member AS (
        SELECT DISTINCT c.conversation_id, p.person_id,
               (c.conversation_id, p.person_id) IN (SELECT (conversation_id, person_id) FROM stay)
                   AS has_stay
        FROM conv_people p JOIN conv_no c USING (source_id, conv) WHERE p.person_id IS NOT NULL),
    unnamed AS (
        SELECT message_id, conversation_id, author_id, t_us FROM numbered n
        WHERE visibility IN ('private_1to1', 'private_group')
          AND NOT EXISTS (SELECT 1 FROM named WHERE named.message_id = n.message_id)),
    present AS (
        SELECT u.message_id, m.person_id FROM unnamed u JOIN member m USING (conversation_id)
        WHERE m.person_id <> u.author_id AND NOT m.has_stay
        UNION
        SELECT u.message_id, m.person_id FROM unnamed u JOIN stay m USING (conversation_id)
        WHERE m.person_id <> u.author_id AND coalesce(m.joined_us, u.t_us) <= u.t_us
          AND coalesce(m.left_us, u.t_us + 1) > u.t_us)
    SELECT * FROM named UNION ALL SELECT * FROM present ORDER BY message_id, person_id
"""

_CONVERSATIONS: Final = """
    SELECT c.conversation_id, c.platform, c.kind, v.visibility,
           coalesce(CASE WHEN c.basis_rank < 2 THEN m.n END, c.n_declared, m.n) AS n_members,
           CASE c.basis_rank WHEN 0 THEN 'roster' WHEN 1 THEN 'observed' WHEN 2 THEN 'declared'
                             ELSE 'none' END AS members_basis
    FROM conversation c
    LEFT JOIN (SELECT conversation_id, CASE WHEN min(visibility) = max(visibility)
                                            THEN min(visibility) END AS visibility
               FROM numbered GROUP BY ALL) v USING (conversation_id)
    LEFT JOIN (SELECT n.conversation_id, count(DISTINCT p.person_id)::INTEGER AS n
               FROM conv_people p JOIN conv_no n USING (source_id, conv) GROUP BY ALL) m
           USING (conversation_id)
    ORDER BY c.conversation_id
"""

_ACCOUNT: Final = """
    SELECT pseudonym, min(platform) AS platform, min(person_id) AS person_id,
           bool_or(is_owner) AS is_owner, bool_or(is_bot) AS is_bot,
           bool_or(is_placeholder) AS is_placeholder,
           min(coalesce(e.consent, CASE WHEN is_owner THEN 'donor' ELSE 'none' END)) AS consent,
           min(s.place) AS place
    FROM acc LEFT JOIN consent_arrow e USING (pseudonym) LEFT JOIN seen s USING (source_id, account)
    WHERE person_id IS NOT NULL GROUP BY pseudonym
"""

TABLES: Final[dict[str, str]] = {
    "messages": _MESSAGES,
    "recipients": _RECIPIENTS,
    "mentions": _NAMED.format(table="mentions") + " ORDER BY ALL",
    "codes": "SELECT NULL::BLOB AS native_key, '' AS code, 0.0 AS score WHERE false",
    "message_sources": """
        SELECT DISTINCT n.message_id, r.source_id
        FROM raw r JOIN rep_of o USING (ord) JOIN numbered n ON n.rep = o.rep ORDER BY ALL
    """,
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
    "conversations": _CONVERSATIONS,
    "memberships": _STAYS + " ORDER BY ALL",
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
        FROM given g LEFT JOIN message_of m ON m.native_key = g.target_key
        GROUP BY m.message_id, g.target_key, g.actor_id, g.kind
        ORDER BY min(g.source_id), min(g.pos), g.actor_id, g.kind
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
    "coverage": """
        SELECT x.* EXCLUDE (owner, conv, prio), a.person_id AS owner_id, c.conversation_id
        FROM p_coverage x
        LEFT JOIN acc a ON a.source_id = x.source_id AND a.account = x.owner
        LEFT JOIN conv_no c ON c.source_id = x.source_id AND c.conv = x.conv
        WHERE x.owner IS NULL OR a.person_id IS NOT NULL
        ORDER BY x.source_id, c.conversation_id, x.start_us
    """,
    "rejects": "SELECT source_id, member, record, reason FROM p_rejects ORDER BY ALL",
}

FATES: Final = """
    SELECT source_id, 'kept' AS fate, count(*) AS n FROM numbered GROUP BY ALL
    UNION ALL
    SELECT m.source_id, 'forgotten', count(*) FROM raw_all m JOIN dropped USING (ord) GROUP BY ALL
    UNION ALL
    SELECT r.source_id, 'duplicate', count(*) FROM raw r
    WHERE r.ord NOT IN (SELECT canon FROM numbered) GROUP BY ALL
"""
