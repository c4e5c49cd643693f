"""See that two copies of a group that bear different keys are one conversation.

Some platforms give their conversations no id, so a copy is keyed by facts that copies share: its
name and its first line. The copy of somebody who joined later, or an export from which the app cut
the oldest messages, begins with another line. Such copies are joined by what they hold, never by
their name alone: two groups may bear one name, and what is in doubt stays apart and is counted.

Two copies are one conversation when, in the time that both cover,

* their names are equal (only keyed digests of names are stored),
* at least half of the messages with text of either copy stand in the other too, at the same time
  within the step of the coarser clock and one second,
* at least three different texts, each matched without ambiguity, come from at least two authors,
* and the authors correspond: in nine of ten of these messages the one name of an author in the one
  copy always meets the one name in the other. (A name is what one phone book calls somebody.)

So a message sent to two groups at once joins nothing, and neither do groups into which one person
writes the same. The rule looks at all sources at each build, so the order of import plays no part.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

import duckdb
import pyarrow as pa

from supportnet.store.engine import quoted

__all__ = ["same_conversations"]

LEAST_SHARE: Final = 0.5
LEAST_TEXTS: Final = 3
LEAST_AUTHORS: Final = 2
LEAST_CORRESPONDING: Final = 0.9

Place: TypeAlias = tuple[int, int]

# The one group of each source whose conversation has a name that another source's has too.
_NAMED: Final = """
    CREATE TEMP TABLE named_group AS
    SELECT c.source_id, n.name, c.conversation_key, c.conv
    FROM ({conversations}) c JOIN name_arrow n USING (source_id)
    WHERE c.kind IN ('group', 'unknown')
    QUALIFY count(*) OVER (PARTITION BY c.source_id) = 1
"""
_TEXTS: Final = """
    CREATE TEMP TABLE named_text AS
    SELECT g.source_id, g.name, g.conversation_key, m.pos, m.author, m.digest, m.t_us,
           m.resolution_us
    FROM ({messages}) m JOIN named_group g ON g.source_id = m.source_id AND g.conv = m.conv
    WHERE m.is_copy_matched AND m.digest IS NOT NULL
"""
# For each two copies of other keys: when both are there, and how many texts each holds then.
_PAIRS: Final = """
    CREATE TEMP TABLE named_pair AS
    WITH span AS (
        SELECT source_id, name, conversation_key, min(t_us) AS low, max(t_us) AS high,
               max(resolution_us) + 1000000 AS slack
        FROM named_text GROUP BY ALL),
    pair AS (
        SELECT a.source_id AS one, b.source_id AS two,
               greatest(a.slack, b.slack) AS slack,
               greatest(a.low, b.low) - greatest(a.slack, b.slack) AS low,
               least(a.high, b.high) + greatest(a.slack, b.slack) AS high
        FROM span a JOIN span b ON a.name = b.name AND a.source_id < b.source_id
         AND a.conversation_key <> b.conversation_key)
    SELECT p.*,
           (SELECT count(*) FROM named_text t
            WHERE t.source_id = p.one AND t.t_us BETWEEN p.low AND p.high) AS n_one,
           (SELECT count(*) FROM named_text t
            WHERE t.source_id = p.two AND t.t_us BETWEEN p.low AND p.high) AS n_two
    FROM pair p
"""
_MATCHES: Final = """
    CREATE TEMP TABLE named_match AS
    SELECT p.one, p.two, a.pos AS pos_one, b.pos AS pos_two, a.author AS author_one,
           b.author AS author_two, a.digest
    FROM named_pair p
    JOIN named_text a ON a.source_id = p.one
    JOIN named_text b ON b.source_id = p.two AND b.digest = a.digest
     AND abs(a.t_us - b.t_us) <= p.slack
"""
_FOUND: Final = """
    SELECT p.one, p.two, p.n_one, p.n_two,
           count(DISTINCT m.pos_one) AS in_one, count(DISTINCT m.pos_two) AS in_two
    FROM named_pair p JOIN named_match m USING (one, two)
    GROUP BY ALL ORDER BY ALL
"""
# Matches of one row with one row: the same words twice within a minute tell nothing of authors.
_CLEAR: Final = """
    SELECT one, two, author_one, author_two, digest, count(*) AS n
    FROM (SELECT *, count(*) OVER (PARTITION BY one, two, pos_one) AS n_one,
                 count(*) OVER (PARTITION BY one, two, pos_two) AS n_two FROM named_match)
    WHERE n_one = 1 AND n_two = 1
    GROUP BY ALL ORDER BY ALL
"""
_STARTS: Final = """
    SELECT g.source_id, g.conv, g.name, g.conversation_key,
           coalesce(min(t.t_us), 9223372036854775807) AS start
    FROM named_group g LEFT JOIN named_text t USING (source_id)
    GROUP BY ALL ORDER BY ALL
"""
_TABLES: Final = ("named_match", "named_pair", "named_text", "named_group")


def same_conversations(
    cursor: duckdb.DuckDBPyConnection,
    dataset: Path,
    parts: list[str],
    sources: list[dict[str, Any]],
) -> dict[Place, Place]:
    """Find copies of one conversation that bear different keys.

    Parameters
    ----------
    cursor
        A connection.
    dataset
        Folder of the dataset.
    parts
        Names of its parts, in the order of `source_id`.
    sources
        The parts' accounts of their sources. Field `name_digest` is the keyed digest of a
        conversation's name. Note `same_name` (how many conversations bear the name) is added to one
        source of each conversation that bears the name of another and could not be joined to it.

    Returns
    -------
    dict
        (source_id, conv) of each copy → that of the copy whose key stands for it: of the one that
        begins first. Copies that keep their key are left out.
    """
    shared = Counter(source.get("name_digest") for source in sources)
    named = [
        (number, source["name_digest"])
        for number, source in enumerate(sources)
        if source.get("name_digest") and shared[source["name_digest"]] > 1
    ]
    if not named:
        return {}
    numbers, names = zip(*named, strict=True)
    cursor.register(
        "name_arrow",
        pa.table({"source_id": pa.array(numbers, pa.int32()), "name": pa.array(names)}),
    )
    places = {n: dataset / "parts" / parts[n] for n in numbers}
    for statement in (_NAMED, _TEXTS, _PAIRS, _MATCHES):
        cursor.execute(
            statement.format(
                conversations=_rows("conversations", places), messages=_rows("messages", places)
            )
        )
    same = _same_pairs(cursor)
    copies = [_Copy(*row) for row in cursor.execute(_STARTS).fetchall()]
    for table in _TABLES:
        cursor.execute(f"DROP TABLE {table}")
    joined = _joined(copies, same)
    _note_apart(sources, copies, joined)
    return {
        (copy.source, copy.conv): (first.source, first.conv)
        for copy in copies
        if (first := joined[copy.source]).key != copy.key
    }


class _Copy(NamedTuple):
    """One source's copy of a named group, with the time of its first text (µs)."""

    source: int
    conv: int
    name: str
    key: bytes
    start: int


def _rows(table: str, places: dict[int, Path]) -> str:
    """Return the query of one table of some parts, with each row's source."""
    return " UNION ALL BY NAME ".join(
        f"SELECT *, {source}::INTEGER AS source_id "
        f"FROM read_parquet({quoted(place / f'{table}.parquet')})"
        for source, place in places.items()
    )


def _same_pairs(cursor: duckdb.DuckDBPyConnection) -> list[tuple[int, int]]:
    """Return the pairs of sources that hold one conversation, by the rule of this module."""
    clear: dict[tuple[int, int], list[tuple[int, int, bytes, int]]] = defaultdict(list)
    for one, two, *match in cursor.execute(_CLEAR).fetchall():
        clear[one, two].append(tuple(match))
    return [
        (one, two)
        for one, two, n_one, n_two, in_one, in_two in cursor.execute(_FOUND).fetchall()
        if in_one >= LEAST_SHARE * n_one
        and in_two >= LEAST_SHARE * n_two
        and _authors_correspond(clear[one, two])
    ]


def _authors_correspond(matches: list[tuple[int, int, bytes, int]]) -> bool:
    """Say whether enough texts of enough authors are matched, name by name.

    Parameters
    ----------
    matches
        Author in the one copy, in the other, digest of the text, number of messages.

    Examples
    --------
    >>> lines = [(1, 7, b"a", 1), (2, 8, b"b", 1), (1, 7, b"c", 1)]
    >>> _authors_correspond(lines), _authors_correspond(lines[:2])
    (True, False)
    >>> _authors_correspond([(1, 7, b"a", 1), (2, 7, b"b", 1), (1, 7, b"c", 1)])
    False
    """
    if len({digest for _, _, digest, _ in matches}) < LEAST_TEXTS:
        return False
    met: Counter[tuple[int, int]] = Counter()
    for first, second, _, n in matches:
        met[first, second] += n
    there: dict[int, tuple[int, int]] = {}
    back: dict[int, tuple[int, int]] = {}
    for (first, second), n in sorted(met.items()):
        there[first] = max(there.get(first, (0, 0)), (n, second))
        back[second] = max(back.get(second, (0, 0)), (n, first))
    agreed = [pair for pair in met if there[pair[0]][1] == pair[1] and back[pair[1]][1] == pair[0]]
    enough = sum(met[pair] for pair in agreed) >= LEAST_CORRESPONDING * met.total()
    return enough and len(agreed) >= LEAST_AUTHORS


def _joined(copies: list[_Copy], same: list[tuple[int, int]]) -> dict[int, _Copy]:
    """Return for each source the copy that stands for its conversation."""
    of = {copy.source: copy for copy in copies}
    root = {copy.source: copy.source for copy in copies}

    def find(source: int) -> int:
        while root[source] != source:
            source = root[source]
        return source

    first_of: dict[tuple[str, bytes], int] = {}
    pairs = [(first_of.setdefault((c.name, c.key), c.source), c.source) for c in copies]
    for one, two in [*pairs, *same]:
        low, high = sorted((find(one), find(two)), key=lambda s: (of[s].start, of[s].key, s))
        root[high] = low
    return {source: of[find(source)] for source in root}


def _note_apart(
    sources: list[dict[str, Any]], copies: list[_Copy], joined: dict[int, _Copy]
) -> None:
    """Write down how many conversations bear one name, at one source of each of them."""
    bearers: dict[str, set[int]] = defaultdict(set)
    for first in joined.values():
        bearers[first.name].add(first.source)
    for copy in copies:
        if len(bearers[copy.name]) > 1 and joined[copy.source] == copy:
            notes = sources[copy.source]["notes"]
            sources[copy.source]["notes"] = {**notes, "same_name": str(len(bearers[copy.name]))}
