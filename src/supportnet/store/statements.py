"""The SQL of the build, statement by statement, in the order in which it runs.

Names: `p_*` are views over all parts; `acc` gives each part's account its person; `raw` is every
message row of every copy, numbered by `ord` in the build order; `rep` is the row that stands for
all copies of a message.
"""

from __future__ import annotations

from typing import Final

__all__ = [
    "ALIAS_PAIRS",
    "CONVERSATION_NUMBERS",
    "COPIES",
    "NUMBERING",
    "THREAD_STEP",
    "THREAD_STEP_COUNT",
    "part_view",
]


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
    SELECT *, row_number() OVER (PARTITION BY ckey, author_id, t_us, source_id, copy
                                 ORDER BY ord) AS k,
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
    FROM raw r LEFT JOIN by_id b USING (ord)
    LEFT JOIN by_content c ON c.ord = coalesce(b.rep, r.ord)
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
