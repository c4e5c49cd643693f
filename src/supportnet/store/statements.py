"""The SQL of the build, statement by statement, in the order in which it runs.

Names: `p_*` are views over all parts; `acc` gives each part's account its person; `raw` is every
message row of every copy, numbered by `ord` in the build order; `rep` is the row that stands for
all copies of a message.
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa

__all__ = [
    "ALIAS_PAIRS",
    "CONVERSATION_NUMBERS",
    "COPIES",
    "FATES",
    "NUMBERING",
    "TABLES",
    "THREAD_STEP",
    "THREAD_STEP_COUNT",
    "part_view",
    "type_name",
]

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


def part_view(name: str, files: list[str]) -> str:
    """Return the statement that names one table of all parts, with each row's source."""
    return f"""
        CREATE TEMP VIEW p_{name} AS
        SELECT t.* EXCLUDE (filename), s.source_id, s.prio
        FROM read_parquet([{", ".join(files)}], filename = true) t
        JOIN source_no s
          ON s.part = regexp_extract(t.filename, 'parts[/\\\\]([0-9a-f-]+)[/\\\\]', 1)
    """


ALIAS_PAIRS: Final = """
    SELECT DISTINCT a.pseudonym, b.pseudonym
    FROM p_aliases x
    JOIN p_accounts a ON a.source_id = x.source_id AND a.account = x.first
    JOIN p_accounts b ON b.source_id = x.source_id AND b.account = x.second
    WHERE a.pseudonym <> b.pseudonym
"""

# An account's place in the order: its first row as author (role 0), reader (1), typed mention (2) …
# else, for people who appear only as contacts or silent members, its number in its source.
_FIRST_SEEN: Final = """
    CREATE TEMP TABLE seen AS
    SELECT source_id, author AS account, min(ord * 16777216) AS place FROM raw_all GROUP BY ALL
    UNION ALL
    SELECT r.source_id, r.account, min(m.ord * 16777216 + 1048576 + r.slot)
    FROM p_recipients r JOIN raw_all m USING (source_id, pos) GROUP BY ALL
    UNION ALL
    SELECT r.source_id, r.account, min(m.ord * 16777216 + 2097152 + r.slot)
    FROM p_mentions r JOIN raw_all m USING (source_id, pos) GROUP BY ALL
    UNION ALL
    SELECT source_id, reply_author, min(ord * 16777216 + 3145728) FROM raw_all
    WHERE reply_author IS NOT NULL GROUP BY ALL
    UNION ALL
    SELECT source_id, root_author, min(ord * 16777216 + 4194304) FROM raw_all
    WHERE root_author IS NOT NULL GROUP BY ALL
    UNION ALL
    SELECT source_id, target_author, min(ord * 16777216 + 5242880) FROM raw_all
    WHERE target_author IS NOT NULL GROUP BY ALL
    UNION ALL
    SELECT source_id, wall_owner, min(ord * 16777216 + 6291456) FROM raw_all
    WHERE wall_owner IS NOT NULL GROUP BY ALL
    UNION ALL
    SELECT source_id, account, 4611686018427387904 + source_id * 4294967296 + account
    FROM p_accounts
"""

NUMBERING: Final = (
    """
    CREATE TEMP TABLE raw_all AS
    SELECT m.*, row_number() OVER (ORDER BY t_us, source_id, seq, pos) AS ord
    FROM p_messages m
    """,
    _FIRST_SEEN,
    """
    CREATE TEMP TABLE rooted AS
    SELECT a.source_id, a.account, a.pseudonym, a.platform, a.is_owner, a.is_bot,
           a.is_placeholder, coalesce(l.root, a.pseudonym) AS root
    FROM p_accounts a LEFT JOIN links_arrow l USING (pseudonym)
    """,
    """
    CREATE TEMP TABLE gone AS
    SELECT DISTINCT root FROM rooted r JOIN forgotten_arrow f USING (pseudonym)
    """,
    """
    CREATE TEMP TABLE person AS
    SELECT root, (row_number() OVER (ORDER BY min(place)) - 1)::INTEGER AS person_id,
           min(place) AS place
    FROM seen JOIN rooted USING (source_id, account)
    WHERE root NOT IN (SELECT root FROM gone)
    GROUP BY root
    """,
    """
    CREATE TEMP TABLE acc AS
    SELECT r.*, p.person_id FROM rooted r LEFT JOIN person p USING (root)
    """,
    # Direct conversations are the same when their two persons are; the others when their key is.
    """
    CREATE TEMP TABLE conv_people AS
    SELECT DISTINCT m.source_id, m.conv, a.person_id
    FROM (SELECT source_id, conv, account FROM p_members
          UNION ALL SELECT source_id, conv, account FROM p_memberships) m
    JOIN acc a USING (source_id, account)
    """,
    """
    CREATE TEMP TABLE conv_all AS
    SELECT c.*, CASE WHEN c.kind = 'dm' AND d.n = 2
                THEN 'dm/' || c.platform || '/' || d.lo || '/' || d.hi
                ELSE hex(c.conversation_key) END AS ckey
    FROM p_conversations c
    LEFT JOIN (SELECT source_id, conv, count(*) AS n, min(person_id) AS lo, max(person_id) AS hi
               FROM conv_people WHERE person_id IS NOT NULL GROUP BY ALL) d USING (source_id, conv)
    """,
    """
    CREATE TEMP TABLE dropped AS
    SELECT m.ord FROM raw_all m JOIN acc a ON a.source_id = m.source_id AND a.account = m.author
    WHERE a.person_id IS NULL
    UNION
    SELECT m.ord FROM raw_all m JOIN conv_people c USING (source_id, conv)
    WHERE m.visibility = 'private_1to1' AND c.person_id IS NULL
    """,
    """
    CREATE TEMP TABLE raw AS
    SELECT m.* EXCLUDE (author), a.person_id AS author_id, a.pseudonym AS author_pseudonym, c.ckey
    FROM raw_all m
    JOIN acc a ON a.source_id = m.source_id AND a.account = m.author
    JOIN conv_all c ON c.source_id = m.source_id AND c.conv = m.conv
    WHERE m.ord NOT IN (SELECT ord FROM dropped)
    """,
    "CREATE TEMP TABLE key_of AS SELECT native_key, min(ord) AS ord FROM raw "
    "WHERE native_key IS NOT NULL GROUP BY native_key",
    # A thread whose first row in hand answers a message of another thread is a later part of it.
    """
    CREATE TEMP TABLE thread_up AS
    SELECT f.ckey, p.ckey AS up
    FROM (SELECT ckey, arg_min(coalesce(root_key, reply_key), ord) AS pointer
          FROM raw WHERE ckey IN (SELECT ckey FROM conv_all WHERE kind = 'thread')
          GROUP BY ckey) f
    JOIN key_of k ON k.native_key = f.pointer
    JOIN raw p ON p.ord = k.ord
    WHERE p.ckey <> f.ckey AND p.ckey IN (SELECT ckey FROM conv_all WHERE kind = 'thread')
    """,
)

THREAD_STEP_COUNT: Final = (
    "SELECT count(*) FROM thread_up a JOIN thread_up b ON b.ckey = a.up WHERE b.up <> a.ckey"
)
THREAD_STEP: Final = (
    """
    CREATE OR REPLACE TEMP TABLE thread_up AS
    SELECT a.ckey, CASE WHEN b.up IS NULL OR b.up = a.ckey THEN a.up ELSE b.up END AS up
    FROM thread_up a LEFT JOIN thread_up b ON b.ckey = a.up
    """,
)

CONVERSATION_NUMBERS: Final = (
    "UPDATE raw SET ckey = t.up FROM thread_up t WHERE raw.ckey = t.ckey",
    "UPDATE conv_all SET ckey = t.up FROM thread_up t WHERE conv_all.ckey = t.ckey",
    """
    CREATE TEMP TABLE conversation AS
    SELECT c.ckey, (row_number() OVER (ORDER BY coalesce(
               any_value(f.place), min(4611686018427387904 + c.source_id * 4294967296 + c.conv)
           )) - 1)::INTEGER AS conversation_id,
           any_value(f.place) AS place, min(c.platform) AS platform, min(c.kind) AS kind,
           max(c.n_members) AS n_declared,
           min(CASE c.members_basis WHEN 'roster' THEN 0 WHEN 'observed' THEN 1
                                    WHEN 'declared' THEN 2 ELSE 3 END) AS basis_rank
    FROM conv_all c LEFT JOIN (SELECT ckey, min(ord) AS place FROM raw GROUP BY ckey) f USING (ckey)
    GROUP BY c.ckey
    """,
    """
    CREATE TEMP TABLE conv_no AS
    SELECT a.source_id, a.conv, c.conversation_id FROM conv_all a JOIN conversation c USING (ckey)
    """,
)

COPIES: Final = (
    # 1. The same id: one message.
    """
    CREATE TEMP TABLE by_id AS
    SELECT r.ord, k.ord AS rep FROM raw r
    JOIN (SELECT native_key, min(ord) AS ord FROM raw WHERE native_key IS NOT NULL
          GROUP BY native_key HAVING count(*) > 1) k USING (native_key)
    """,
    # 2. No shared ids, but two copies of one conversation: same author, same text, k-th time it
    #    was said within the coarser clock's step + 1 s.
    """
    CREATE TEMP TABLE to_match AS
    SELECT r.ord, r.source_id, r.copy, r.ckey, r.author_id, r.digest, r.t_us, r.resolution_us
    FROM raw r LEFT JOIN by_id b USING (ord)
    WHERE r.is_copy_matched AND coalesce(b.rep, r.ord) = r.ord
      AND r.ckey IN (SELECT ckey FROM raw WHERE is_copy_matched GROUP BY ckey
                     HAVING count(DISTINCT source_id * 65536 + copy) > 1)
    """,
    """
    CREATE TEMP TABLE stepped AS
    SELECT *, CASE WHEN t_us - lag(t_us) OVER (PARTITION BY ckey, author_id, digest
                                              ORDER BY t_us, ord)
                     > max(resolution_us) OVER (PARTITION BY ckey, author_id, digest) + 1000000
              THEN 1 ELSE 0 END AS step
    FROM to_match WHERE digest IS NOT NULL
    """,
    """
    CREATE TEMP TABLE clustered AS
    SELECT *, sum(step) OVER (PARTITION BY ckey, author_id, digest ORDER BY t_us, ord
                              ROWS UNBOUNDED PRECEDING) AS cluster FROM stepped
    """,
    """
    CREATE TEMP TABLE counted AS
    SELECT *, row_number() OVER (PARTITION BY ckey, author_id, digest, cluster, source_id, copy
                                 ORDER BY t_us, ord) AS k FROM clustered
    """,
    # 3. Without text: only at equal times, and only when the copies hold equally many.
    """
    CREATE TEMP TABLE silent AS
    SELECT *, row_number() OVER (PARTITION BY ckey, author_id, t_us, source_id, copy ORDER BY ord) AS k,
           count(*) OVER (PARTITION BY ckey, author_id, t_us, source_id, copy) AS n
    FROM to_match WHERE digest IS NULL
    """,
    """
    CREATE TEMP TABLE by_content AS
    SELECT ord, min(ord) OVER (PARTITION BY ckey, author_id, digest, cluster, k) AS rep FROM counted
    UNION ALL
    SELECT s.ord, min(s.ord) OVER (PARTITION BY s.ckey, s.author_id, s.t_us, s.k) AS rep
    FROM silent s JOIN (SELECT ckey, author_id, t_us FROM silent GROUP BY ALL
                        HAVING min(n) = max(n)) e USING (ckey, author_id, t_us)
    """,
    """
    CREATE TEMP TABLE rep_of AS
    SELECT r.ord, coalesce(c.rep, b.rep, r.ord) AS rep
    FROM raw r LEFT JOIN by_id b USING (ord) LEFT JOIN by_content c ON c.ord = coalesce(b.rep, r.ord)
    """,
    "CREATE TEMP TABLE copied AS SELECT rep FROM rep_of GROUP BY rep HAVING count(*) > 1",
    # The newest export supplies the fields, the others fill its nulls.
    """
    CREATE TEMP TABLE chosen AS
    SELECT r.ord AS rep, r.ord AS canon, r.* EXCLUDE (ord)
    FROM raw r JOIN rep_of o USING (ord) WHERE o.rep NOT IN (SELECT rep FROM copied)
    UNION ALL BY NAME
    SELECT o.rep, arg_min(r.ord, (r.prio, r.ord)) AS canon,
           arg_min(COLUMNS(r.* EXCLUDE (ord)), (r.prio, r.ord))
    FROM raw r JOIN rep_of o USING (ord) JOIN copied c ON c.rep = o.rep GROUP BY o.rep
    """,
    """
    CREATE TEMP TABLE numbered AS
    SELECT c.*, n.conversation_id,
           row_number() OVER (ORDER BY c.t_us, c.source_id, c.seq, c.pos) - 1 AS message_id,
           row_number() OVER (PARTITION BY c.ckey, c.author_id, c.t_us, c.digest ORDER BY c.canon)
               AS occurrence,
           v.conversation_key
    FROM chosen c
    JOIN conv_no n ON n.source_id = c.source_id AND n.conv = c.conv
    JOIN conv_all v ON v.source_id = c.source_id AND v.conv = c.conv
    """,
    """
    CREATE TEMP TABLE message_of AS
    SELECT k.native_key, n.message_id, n.author_id
    FROM key_of k JOIN rep_of o ON o.ord = k.ord JOIN numbered n ON n.rep = o.rep
    """,
)

_ROLE = (
    "LEFT JOIN acc {name} ON {name}.source_id = n.source_id AND {name}.account = n.{column}"
)

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
