"""Edge lists: hand-computed facts of each sample, refusals, damage, and four real datasets."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from support import options_of, plain, read_paths, run_mutations

from supportnet.archive import open_exports
from supportnet.errors import ArchiveError, InputError
from supportnet.formats import Export, Options
from supportnet.importers.edgelist import FORMAT
from supportnet.records import (
    AMBIGUOUS_HOUR,
    ASSUMED_ZONE,
    MINUTE,
    RESOLUTION_DAY,
    RESOLUTION_MINUTE,
    SECOND,
    Ignored,
    RawContact,
    RawCoverage,
    RawMessage,
    Record,
    Rejected,
)

CASES = Path(__file__).parent / "edgelist"
MAPPED = Path(__file__).parent / "edgelist_mapped"
T = 1_709_546_400  # 2024-03-04T10:00:00Z
PRIVATE = {"visibility": "private_1to1"}
COMMUNITY = frozenset({"private_in", "private_out", "alter_alter"})


def case(name: str, **declared: object) -> list[Record]:
    """Return the records of a sample that is recognised without a map."""
    options = replace(options_of(CASES / name), **declared)
    return read_paths([CASES / name / "input"], FORMAT, options)


def table(path: Path, **declared: object) -> list[Record]:
    """Return the records of one file, as when the format is named."""
    (archive,) = open_exports([path])
    return list(FORMAT.read(Export(archive.members, replace(Options(), **declared))))


def mapped(name: str) -> list[Record]:
    """Return the records of a sample whose columns only its map explains."""
    (file,) = (MAPPED / name / "input").iterdir()
    options = json.loads((MAPPED / name / "options.json").read_text(encoding="utf-8"))
    return table(file, **options)


def text(tmp_path: Path, content: str, name: str = "table.csv", **declared: object) -> list[Record]:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    return table(path, **declared)


def messages(records: list[Record]) -> list[RawMessage]:
    return [record for record in records if type(record) is RawMessage]


def pairs(records: list[Record]) -> list[tuple[str, str]]:
    """Return (author, other) of each message to one person."""
    found = []
    for message in messages(records):
        readers = message.recipients
        if readers is None:
            readers = tuple(message.conversation.members - {message.author})
        found += [(message.author.id, other.id) for other in readers]
    return found


def reasons(records: list[Record]) -> tuple[Counter, Counter]:
    ignored = Counter(r.reason for r in records if type(r) is Ignored)
    return ignored, Counter(r.reason for r in records if type(r) is Rejected)


def seconds(records: list[Record]) -> list[float]:
    return [message.t_us / SECOND - T for message in messages(records)]


# Layouts


def test_snap_as_the_sheet_promises() -> None:
    records = case("snap")
    directed = Counter(pairs(records))
    assert directed == {("1", "2"): 1, ("2", "1"): 2, ("3", "1"): 1}  # equal rows are all kept
    assert len({frozenset(pair) for pair in directed}) == 2
    first, answer, _, _ = messages(records)
    assert (answer.t_us - first.t_us) / SECOND == 60
    assert first.conversation is answer.conversation
    assert (first.conversation.kind, first.conversation.members_basis) == ("dm", "roster")
    assert (first.ref, first.kind, first.visibility) == (None, "message", "private_1to1")
    (covered,) = [r for r in records if type(r) is RawCoverage]
    assert (covered.owner, covered.flags, covered.resolution_us) == (None, COMMUNITY, SECOND)


def test_header_line_comments_and_bad_rows() -> None:
    records = case("snap_header")
    assert pairs(records) == [("007", "9007199254740993"), ("9007199254740993", "007")]
    assert reasons(records) == (
        Counter(self_addressed=1),
        Counter(bad_row=1, no_recipient=1, undated=1, bad_date=2),
    )
    # The number of a rejected row is that of its line, comments and blank lines counted.
    assert [r.record for r in records if type(r) is Rejected] == [6, 7, 8, 9, 10]
    first = messages(records)[0]
    assert (first.conversation.kind, first.visibility) == ("thread", "public")
    assert first.reply_author.id == "9007199254740993"


def test_rating_is_not_the_time_and_fractions_survive() -> None:
    records = case("signed")
    assert seconds(records) == [0.25, 60.5, 60.75]
    assert messages(records)[0].resolution_us == 1


def test_konect_multiplicity_modes_and_removed_edges() -> None:
    records = case("konect")
    assert Counter(pairs(records)) == {("1", "2"): 1, ("3", "2"): 2}
    assert reasons(records) == (Counter(), Counter(bad_weight=1))
    both = case("konect_bip")
    assert pairs(both)[0] == ("left:1", "right:1")
    assert reasons(both) == (Counter(), Counter())  # left 1 to right 1 is not oneself
    assert reasons(case("konect_dynamic"))[0] == Counter(edge_removed=1)


def test_network_repository_third_column_must_be_declared() -> None:
    assert pairs(case("edges")) == [("1", "2"), ("2", "1")]
    assert seconds(case("matrix")) == [0, 60]  # the size line "3 3 2" is no edge
    for name in ("edges", "matrix"):
        with pytest.raises(InputError, match="--map"):
            case(name, columns=None)


def test_undirected_lists_are_refused_unless_said_to_be_directed(tmp_path: Path) -> None:
    konect = f"% sym unweighted\n1 2 1 {T}\n"
    with pytest.raises(InputError, match="undirected"):
        text(tmp_path, konect, "out.x", **PRIVATE)
    told = text(tmp_path, konect, "out.x", **PRIVATE, columns={"directed": True})
    assert pairs(told) == [("1", "2")]
    matrix = "%%MatrixMarket matrix coordinate pattern symmetric\n2 2 1\n2 1\n"
    with pytest.raises(InputError, match="undirected"):
        text(tmp_path, matrix, "a.mtx", **PRIVATE)


def test_static_lists_are_refused(tmp_path: Path) -> None:
    for name, content in {
        "a.txt": "# FromNodeId\tToNodeId\n1\t2\n2\t1\n",
        "b.csv": "u,v,w\n1,2,31\n2,1,4\n",
        "out.c": "% asym unweighted\n1 2\n",
    }.items():
        with pytest.raises(InputError, match="only timed events"):
            text(tmp_path, content, name, **PRIVATE)


# Time


def test_steps_count_seconds_from_2000_and_must_be_declared() -> None:
    records = case("steps")
    start = 946_684_800
    assert [m.t_us // SECOND - start for m in messages(records)] == [18, 37, 37, 3600]
    assert records[-1]["clock"] == "steps"
    with pytest.raises(InputError, match="--ordinal-times"):
        case("steps", ordinal_times=False)
    with pytest.raises(InputError, match="leave the option out"):
        case("snap", ordinal_times=True)


def test_thirteen_digits_are_milliseconds() -> None:
    records = case("millis")
    assert [m.t_us for m in messages(records)] == [
        T * SECOND + 123_000,
        (T + 60) * SECOND + 456_000,
    ]
    assert messages(records)[0].resolution_us == 1000


def test_one_damaged_time_does_not_turn_a_file_into_steps(tmp_path: Path) -> None:
    rows = [f"1 2 {T + i}" for i in range(500)] + ["1 2 17"]
    records = text(tmp_path, "\n".join(rows), "a.txt", **PRIVATE)
    assert len(messages(records)) == 500
    assert reasons(records)[1] == Counter(bad_date=1)


def test_local_iso_times_across_both_clock_changes() -> None:
    found = messages(case("local_iso"))
    # 01:59 +01:00 and 03:10 +02:00 are eleven minutes apart; 02:30 and the second 02:10, forty.
    assert (found[1].t_us - found[0].t_us) // MINUTE == 11
    assert (found[3].t_us - found[2].t_us) // MINUTE == 40
    assert [m.time_note for m in found] == [
        ASSUMED_ZONE,
        ASSUMED_ZONE,
        ASSUMED_ZONE | AMBIGUOUS_HOUR,
        ASSUMED_ZONE | AMBIGUOUS_HOUR,
        ASSUMED_ZONE | RESOLUTION_MINUTE,
        ASSUMED_ZONE | RESOLUTION_DAY,
    ]
    with pytest.raises(InputError, match="--timezone"):
        case("local_iso", timezone=None)


def test_day_and_month_are_never_guessed(tmp_path: Path) -> None:
    content = "sender,recipient,date\na,b,04/03/2024 11:00\n"
    with pytest.raises(InputError, match="date_format"):
        text(tmp_path, content, **PRIVATE, timezone="Europe/Paris")
    with pytest.raises(InputError, match="date_format"):
        text(tmp_path, content, **PRIVATE, columns={"date_format": "%q%"})
    columns = {"date_format": "%d/%m/%Y %H:%M"}
    with pytest.raises(InputError, match="--timezone"):
        text(tmp_path, content, **PRIVATE, columns=columns)
    (message,) = messages(
        text(tmp_path, content, **PRIVATE, columns=columns, timezone="Europe/Paris")
    )
    assert message.t_us == T * SECOND
    content = "sender,recipient,date\na,b,04/03/2024 10:00 +0000\n"
    (message,) = messages(
        text(tmp_path, content, **PRIVATE, columns={"date_format": "%d/%m/%Y %H:%M %z"})
    )
    assert (message.t_us, message.time_note) == (T * SECOND, RESOLUTION_MINUTE)


# Visibility


def test_visibility_is_asked_for_before_anything_else() -> None:
    for name in ("snap", "steps", "konect", "parquet"):
        with pytest.raises(InputError, match="--visibility"):
            case(name, visibility=None)


@pytest.mark.parametrize(
    ("value", "kind", "flags"),
    [
        ("private_1to1", "dm", COMMUNITY),
        ("private_group", "group", COMMUNITY | {"groups"}),
        ("semi_public", "thread", {"public_in", "public_out", "alter_alter"}),
        ("public", "thread", {"public_in", "public_out", "alter_alter"}),
        ("unknown", "thread", frozenset()),
    ],
)
def test_declared_visibility_settles_form_and_coverage(
    value: str, kind: str, flags: frozenset[str]
) -> None:
    records = case("snap", visibility=value)
    assert {m.conversation.kind for m in messages(records)} == {kind}
    assert {m.visibility for m in messages(records)} == {value}
    (covered,) = [r for r in records if type(r) is RawCoverage]
    assert covered.flags == flags


def test_open_private_needs_recipients(tmp_path: Path) -> None:
    columns = {"conversation": "c", "visibility": {"column": "s", "map": {"x": "private"}}}
    with pytest.raises(InputError, match="private_group"):
        text(tmp_path, f"sender,c,time,s\na,t,{T},x\n", columns=columns)


# Tables with a map


def test_french_spreadsheet_as_the_sheet_promises() -> None:
    records = mapped("french")
    first, second, third, fourth = messages(records)
    assert (first.visibility, first.audience_size) == ("private_group", 2)
    assert first.t_us == T * SECOND  # 11:00 in Paris in winter
    assert [p.id for p in first.recipients] == ["Odile", "Nadir"]
    assert (second.visibility, second.conversation.kind) == ("private_1to1", "dm")
    # Several public addressees share one message, as mentions do.
    assert (third.visibility, [p.id for p in third.mentions]) == ("public", ["Rose", "Odile"])
    assert third.time_note & AMBIGUOUS_HOUR  # 02:30 did not exist that night
    # Oneself among several recipients is dropped; an unmapped word means unknown.
    assert (fourth.visibility, [p.id for p in fourth.recipients]) == ("unknown", ["Nadir"])
    assert reasons(records) == (Counter(self_addressed=1), Counter(no_author=1))
    assert first.resolution_us == MINUTE


def test_a_person_may_be_called_none(tmp_path: Path) -> None:
    content = f"sender,recipient,time\nNone,b,{T}\nNA,b,{T}\n"
    assert len(messages(text(tmp_path, content, **PRIVATE))) == 0
    kept = text(tmp_path, content, **PRIVATE, columns={"na": ["", "NA"]})
    assert pairs(kept) == [("None", "b")]


def test_threads_ids_replies_and_channels() -> None:
    records = mapped("threads")
    root, answer, closed, attic = messages(records)
    assert answer.reply_to == root.ref
    assert root.ref.platform == "villageboard"
    assert answer.reply_author is None  # the pointer says it
    assert (root.kind, answer.kind, answer.audience_size) == ("post", "comment", 12)
    assert [m.visibility for m in (root, closed, attic)] == ["public", "semi_public", "unknown"]
    assert root.text == "quelqu'un ?"
    assert root.conversation is answer.conversation
    assert reasons(records)[1] == Counter(unknown_kind=1, bad_audience_size=1)


def test_json_lines() -> None:
    records = mapped("lines")
    first, second = messages(records)
    assert first.author.id == "12345678901234567"  # beyond 2**53, never a float
    assert [p.id for p in first.recipients] == ["b", "c"]
    assert first.text == "a b"
    assert second.t_us == (T + 60) * SECOND
    assert reasons(records)[1] == Counter(
        json_syntax=1, not_an_object=1, no_author=1, no_recipient=1, undated=1
    )


def test_parquet_instants_and_local_times(tmp_path: Path) -> None:
    assert seconds(case("parquet")) == [0, 60, 100.5]
    assert reasons(case("parquet"))[1] == Counter(no_author=1)
    local = messages(case("parquet_local"))
    assert [m.t_us // SECOND for m in local] == [T, 1_720_083_600]  # 11:00 in winter, in summer
    assert local[1].author.id == "9007199254740993"
    with pytest.raises(InputError, match="--timezone"):
        case("parquet_local", timezone=None)
    broken = tmp_path / "a.parquet"
    broken.write_bytes(b"PAR1" + b"\0" * 40)
    with pytest.raises(ArchiveError, match="Parquet"):
        table(broken, **PRIVATE)
    rounded = tmp_path / "b.parquet"
    frame = {"sender": [1.0, 2.0**60], "recipient": ["b", "b"], "time": [T, T]}
    pq.write_table(pa.table(frame), rounded)
    records = table(rounded, **PRIVATE)
    assert pairs(records) == [("1", "b")]  # a float above 2**53 may be another id
    assert reasons(records)[1] == Counter(no_author=1)


def test_contacts_with_a_commented_header() -> None:
    records = case("contacts")
    ties = [(r.owner.id, r.other.id, r.kind) for r in records if type(r) is RawContact]
    assert ties == [("0", "512", "friend"), ("0", "263", "friend")]
    assert reasons(records) == (Counter(self_addressed=1), Counter(no_author=1))
    (covered,) = [r for r in records if type(r) is RawCoverage]
    assert covered.flags == frozenset()


@pytest.mark.parametrize(
    ("columns", "word"),
    [
        ({"sender": "nobody"}, "'sender'"),
        ({"time": 9}, "from 1 to 4"),
        ({"sneder": "u"}, "other key"),
        ({"unit": "h"}, "unit"),
        ({"date_format": 3}, "date_format"),
        ({"visibility": {"column": "s", "map": {"a": "secret"}}}, "visibility"),
        ({"kind": "contacts", "owner": "u"}, "'other'"),
        ({"kind": "contacts", "owner": "u", "other": "v", "relation": "x"}, "relation"),
    ],
)
def test_a_wrong_map_is_refused_in_one_sentence(
    columns: dict[str, object], word: str, tmp_path: Path
) -> None:
    content = f"u,v,t,s\n1,2,{T},a\n"
    with pytest.raises(InputError, match=word) as error:
        text(tmp_path, content, **PRIVATE, columns=columns)
    sentence = str(error.value)
    assert sentence.endswith(".")
    assert str(T) not in sentence


def test_errors_name_no_cell(tmp_path: Path) -> None:
    content = "expediteur;Plantagenet\nQuux;+33600000001\n"
    for declared in ({}, PRIVATE, {"columns": {"sender": "expediteur"}}):
        with pytest.raises(InputError) as error:
            text(tmp_path, content, **declared)
        assert not {"Plantagenet", "Quux", "33600000001"} & set(str(error.value).split())


# Compression, recognition, damage


def test_compressed_files_give_the_same(tmp_path: Path) -> None:
    data = (CASES / "snap" / "input" / "friends.txt").read_bytes()
    (tmp_path / "a.txt").write_bytes(data)
    (tmp_path / "b.txt.gz").write_bytes(gzip.compress(data))
    (tmp_path / "c.txt.zst").write_bytes(zstandard.compress(data))
    read = [
        [plain(r) for r in table(tmp_path / name, **PRIVATE)]
        for name in ("a.txt", "b.txt.gz", "c.txt.zst")
    ]
    assert read[0] == read[1] == read[2]
    assert len(read[0]) == 5


def test_only_edge_lists_are_recognised(tmp_path: Path) -> None:
    strangers = {
        "people.csv": "user,female\n0,0\n1,1\n2,0\n",
        "chat.txt": "04/03/2024, 11:00 - Rose: 1 2 3\n",
        "numbers.txt": "1.5 2.5 3.5\n1.5 2.5 3.5\n",
        "posts.csv": "id,from,text\n1,2,3\n",
        "messages.csv": "CONVERSATION ID,FROM,TO,DATE,CONTENT\n1,a,b,2024,x\n",
        "log.jsonl": '{"id": 1, "from": "a", "to": "b", "date": 3, "text": "x"}\n',
        "one.txt": "hello\n",
        "empty.csv": "",
        "image.txt": "\0\0\0 1 2 3",
    }
    for name, content in strangers.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    (archive,) = open_exports([tmp_path])
    assert [m.name for m in archive.members if FORMAT.sniff(m)] == []


@pytest.mark.parametrize("content", ["", "\n\n", "# only a comment\n", "src dst time\n"])
def test_a_file_without_rows_is_refused_or_empty(content: str, tmp_path: Path) -> None:
    try:
        records = text(tmp_path, content, "a.txt", **PRIVATE)
    except InputError:
        return
    assert messages(records) == []
    assert any(type(r) is RawCoverage for r in records)


def test_damage_gives_records_or_one_plain_error(tmp_path: Path) -> None:
    outcome = run_mutations("edgelist", 520, seed=20240304, tmp_path=tmp_path)
    assert outcome["read"] > 300


# Real datasets, where they are beside the project


def tally(path: Path, **declared: object) -> tuple[Counter, Counter, set[str]]:
    """Return the directed pairs, the reasons for rows left out, and the people."""
    records = table(path, **declared)
    directed = Counter(pairs(records))
    ignored, rejected = reasons(records)
    return directed, ignored + rejected, {person for pair in directed for person in pair}


@pytest.mark.data
def test_college_messages(shared: Path) -> None:
    folder = shared / "datasets" / "collegemsg"
    directed, left_out, people = tally(folder / "CollegeMsg.txt.gz", **PRIVATE)
    assert (directed.total(), len(directed), len(people)) == (59_835, 20_296, 1899)
    assert left_out == Counter()


@pytest.mark.slow
@pytest.mark.data
def test_college_messages_in_local_time_are_the_same_messages(shared: Path) -> None:
    folder = shared / "datasets" / "collegemsg"
    snap = table(folder / "CollegeMsg.txt.gz", **PRIVATE)
    # The same messages as another package hands them out: local time of California, and one
    # self-addressed row per person for the day of registration.
    path = folder / "opsahl-lnet-with-registrations.csv.gz"
    other = table(path, **PRIVATE, timezone="America/Los_Angeles")
    assert reasons(other) == (Counter(self_addressed=1899), Counter())
    assert Counter(pairs(other)) == Counter(pairs(snap))
    assert sorted(m.t_us for m in messages(other)) == sorted(m.t_us for m in messages(snap))


@pytest.mark.slow
@pytest.mark.data
def test_institution_mail_counts_from_its_first_mail(shared: Path) -> None:
    path = shared / "datasets" / "email-eu-core-temporal" / "email-Eu-core-temporal.txt.gz"
    records = table(path, **PRIVATE, ordinal_times=True)
    times = [m.t_us for m in messages(records)]
    assert len(times) == 332_334
    assert (max(times) - min(times)) // SECOND == 69_459_254
    directed = Counter(pairs(records))
    assert (len(directed), len({p for pair in directed for p in pair})) == (24_929, 986)


@pytest.mark.data
def test_students_text_messages_and_friends(shared: Path) -> None:
    folder = shared / "datasets" / "copenhagen-sms-facebook"
    directed, left_out, people = tally(folder / "sms.csv.gz", **PRIVATE, ordinal_times=True)
    assert (directed.total(), len(directed), len(people)) == (24_333, 1303, 568)
    assert left_out == Counter()
    columns = {"kind": "contacts", "owner": "user_a", "other": "user_b"}
    records = table(folder / "fb_friends.csv.gz", columns=columns)
    ties = [r for r in records if type(r) is RawContact]
    assert len(ties) == 6418
    assert reasons(records) == (Counter(self_addressed=11), Counter())
    assert {r.owner.platform for r in ties} == {"edgelist"}
