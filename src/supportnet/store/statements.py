"""The SQL of the build, statement by statement, in the order in which it runs.

Names: `p_*` are views over all parts; `seen` says where each part's accounts are first met, `acc`
gives each its person; `to_match` holds the rows whose copies are found by their content.
"""

from __future__ import annotations

from typing import Final

__all__ = ["ACCOUNT_COUNTS", "ALIAS_PAIRS", "MATCHING", "PART_VIEWS", "PERSONS", "part_view"]

# The tables of the parts that the database reads; the others are read as arrays.
PART_VIEWS: Final = (
    "accounts",
    "memberships",
    "reactions",
    "contacts",
    "aliases",
    "coverage",
    "rejects",
)


def part_view(name: str, files: list[str]) -> str:
    """Return the statement that names one table of all parts, with each row's source."""
    return f"""
        CREATE TEMP VIEW p_{name} AS
        SELECT t.* EXCLUDE (filename), s.source_id
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

ACCOUNT_COUNTS: Final = "SELECT source_id, max(account) + 1 FROM p_accounts GROUP BY source_id"

PERSONS: Final = (
    """
    CREATE TEMP TABLE rooted AS
    SELECT a.source_id, a.account, a.pseudonym, a.platform, a.is_owner, a.is_bot,
           a.is_placeholder, coalesce(l.root, a.pseudonym) AS root, s.place
    FROM p_accounts a JOIN seen s USING (source_id, account)
    LEFT JOIN links_arrow l USING (pseudonym)
    """,
    """
    CREATE TEMP TABLE gone AS
    SELECT DISTINCT root FROM rooted r JOIN forgotten_arrow f USING (pseudonym)
    """,
    """
    CREATE TEMP TABLE person AS
    SELECT root, (row_number() OVER (ORDER BY min(place)) - 1)::INTEGER AS person_id
    FROM rooted WHERE root NOT IN (SELECT root FROM gone) GROUP BY root
    """,
    """
    CREATE TEMP TABLE acc AS
    SELECT r.*, p.person_id FROM rooted r LEFT JOIN person p USING (root)
    """,
    "DROP TABLE rooted",
    "DROP TABLE person",
)

# Two copies of one conversation without shared ids: the same author, the same text, the k-th time
# it was said within the coarser clock's step + 1 s.
MATCHING: Final = (
    """
    CREATE TEMP TABLE stepped AS
    SELECT ord, source_id, copy, talk, author_id, digest, t_us,
           CASE WHEN t_us - lag(t_us) OVER (PARTITION BY talk, author_id, digest
                                            ORDER BY t_us, ord)
                     > max(resolution_us) OVER (PARTITION BY talk, author_id, digest) + 1000000
                THEN 1 ELSE 0 END AS step
    FROM to_match WHERE digest IS NOT NULL
    """,
    """
    CREATE TEMP TABLE clustered AS
    SELECT * EXCLUDE (step), sum(step) OVER (PARTITION BY talk, author_id, digest
        ORDER BY t_us, ord ROWS UNBOUNDED PRECEDING)::BIGINT AS cluster FROM stepped
    """,
    "DROP TABLE stepped",
    """
    CREATE TEMP TABLE counted AS
    SELECT ord, talk, author_id, digest, cluster,
           row_number() OVER (PARTITION BY talk, author_id, digest, cluster, source_id, copy
                              ORDER BY t_us, ord) AS k FROM clustered
    """,
    "DROP TABLE clustered",
    # Without text: only at equal times, and only when the copies hold equally many.
    """
    CREATE TEMP TABLE silent AS
    SELECT ord, talk, author_id, t_us,
           row_number() OVER (PARTITION BY talk, author_id, t_us, source_id, copy
                              ORDER BY ord) AS k,
           count(*) OVER (PARTITION BY talk, author_id, t_us, source_id, copy) AS n
    FROM to_match WHERE digest IS NULL
    """,
    """
    CREATE TEMP TABLE by_content AS
    SELECT ord, min(ord) OVER (PARTITION BY talk, author_id, digest, cluster, k) AS rep FROM counted
    UNION ALL
    SELECT s.ord, min(s.ord) OVER (PARTITION BY s.talk, s.author_id, s.t_us, s.k) AS rep
    FROM silent s JOIN (SELECT talk, author_id, t_us FROM silent GROUP BY ALL
                        HAVING min(n) = max(n)) e USING (talk, author_id, t_us)
    """,
    "DROP TABLE counted",
    "DROP TABLE silent",
)
