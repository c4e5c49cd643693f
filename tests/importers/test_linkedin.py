"""LinkedIn: hand-computed facts of each sample, traps of existing parsers, damage."""

from __future__ import annotations

from pathlib import Path

import pytest
from dump_support import at, by_text, flags, kept, made, notes, only, reasons, sample
from mutate import PLANTED
from support import run_mutations

from supportnet.archive import open_exports
from supportnet.errors import InputError
from supportnet.importers.linkedin.files import kind_of, sniff
from supportnet.records import (
    AMBIGUOUS_HOUR,
    ASSUMED_ZONE,
    DAY,
    RESOLUTION_MINUTE,
    RawContact,
    RawCoverage,
    RawMessage,
    RawReaction,
    Rejected,
)

IN = "https://www.linkedin.com/in/"
HEADER = (
    "CONVERSATION ID,CONVERSATION TITLE,FROM,SENDER PROFILE URL,TO,RECIPIENT PROFILE URLS,"
    "DATE,SUBJECT,CONTENT,FOLDER"
)
PROFILE = "First Name,Last Name,Headline,Summary\nLéa,Martin,,\n"


def test_gold() -> None:
    records = sample("linkedin", "gold")
    private = [m for m in kept(records) if m.kind == "message"]
    assert len(private) == 4
    assert reasons(records) == ({"draft": 1, "invitation": 1}, {})
    kinds = {m.conversation.key: m.conversation.kind for m in private}
    assert kinds == {"2-AA==": "dm", "2-BB==": "group", "2-CC==": "dm"}
    group = next(m for m in private if m.visibility == "private_group")
    assert {p.id for p in group.conversation.members} == {"lea-martin", "omar-benali", "ines-kone"}
    assert group.audience_size == 2
    unknown = [m for m in private if m.author.is_placeholder]
    assert [(m.author.scope, m.author.within) for m in unknown] == [("conversation", "2-CC==")]


def test_gold_texts_keep_their_lines_and_quotes() -> None:
    found = by_text(sample("linkedin", "gold"))
    assert "Bonjour,\ntu as deux minutes ?" in found
    assert found['Oui, "toujours"'].author.id == "omar-benali"


def test_gold_public_side() -> None:
    records = sample("linkedin", "gold")
    found = by_text(records)
    share, comment = found["Merci à mon réseau"], found["Merci Omar !"]
    assert (share.visibility, share.visibility_raw) == ("public", "MEMBER_NETWORK")
    assert (comment.kind, comment.visibility) == ("comment", "unknown")
    assert comment.ref is not None
    assert comment.ref.id == "urn:li:comment:(share:71,99)"
    # A comment on a share of the owner's own, told by its address.
    assert comment.reply_to == share.ref
    assert comment.reply_author == share.author
    assert comment.conversation is share.conversation
    (reaction,) = only(records, RawReaction)
    assert (reaction.kind, reaction.target.id) == ("empathy", "urn:li:activity:72")
    assert reaction.target_author is None


def test_a_connection_has_a_day_and_no_time() -> None:
    (contact,) = only(sample("linkedin", "gold"), RawContact)
    assert (contact.owner.id, contact.other.id, contact.kind) == (
        "lea-martin",
        "omar-benali",
        "friend",
    )
    assert contact.t_us == at("2024-01-15T00:00:00Z")
    assert contact.resolution_us == DAY


def test_coverage_claims_no_public_side() -> None:
    records = sample("linkedin", "gold")
    assert flags(records) == {"private_in", "private_out", "groups", "reactions_out"}
    private = only(records, RawCoverage)[0]
    assert private.owner is not None
    assert private.owner.id == "lea-martin"
    assert private.start_us == at("2021-01-01T00:00:00Z")
    assert private.end_us == at("2024-03-16T08:00:00Z")


# Every kind


def test_each_row_is_counted_once() -> None:
    ignored, rejected = reasons(sample("linkedin", "kinds"))
    assert ignored == {
        "sponsored": 1,
        "draft": 1,
        "invitation": 1,
        "hidden_member": 1,
        "blank_row": 1,
        "ended_follow": 1,
        "duplicate": 1,
        "machine_coach": 3,
        "company_follow": 1,
        "endorsement": 1,
        "recommendation": 1,
        "address_book": 1,
    }
    assert rejected == {"bad_row": 2, "undated": 1, "unknown_shape": 1}


def test_rejects_name_no_file() -> None:
    members = {r.member for r in only(sample("linkedin", "kinds"), Rejected)}
    assert members == {"messages.csv", "Connections.csv", "Shares*.csv", "Reactions*.csv"}


def test_talks_with_machines_are_told_by_the_file_s_name(tmp_path: Path) -> None:
    row = f"1,,Coach,,Léa Martin,{IN}lea-martin,2024-01-01 10:00:00 UTC,,bonjour,INBOX"
    text = f"{HEADER}\n{row}\n"
    names = ["guide_messages.csv", "learning_role_play_messages.csv", "Learning_Coach_Messages.csv"]
    files: dict[str, object] = dict.fromkeys(names, text)
    records = made("linkedin", tmp_path, files)
    assert kept(records) == []
    assert reasons(records)[0] == {"machine_coach": 3}
    # A researcher's own name for the file is no machine's.
    (tmp_path / "own").mkdir()
    assert len(kept(made("linkedin", tmp_path / "own", {"messages_lea (2).csv": text}))) == 1


def test_ties_in_time_keep_the_file_s_order_newest_first() -> None:
    first, second = (by_text(sample("linkedin", "kinds"))[w] for w in ("premier", "deuxième"))
    assert first.t_us == second.t_us
    assert first.seq < second.seq


def test_an_owner_without_an_address_is_known_by_name() -> None:
    message = by_text(sample("linkedin", "kinds"))["tu tiens le coup ?"]
    assert message.author.id == "zoe-arnaud"
    # Another spelling of the same address, and the owner in it once.
    assert {p.id for p in message.conversation.members} == {"zoe-arnaud", "paul-roy"}


def test_a_group_with_someone_who_is_gone() -> None:
    message = next(m for m in kept(sample("linkedin", "kinds")) if m.visibility == "private_group")
    assert message.text is None
    assert message.recipients is not None
    assert [p.id for p in message.recipients] == ["zoe-arnaud", "paul-roy", "LinkedIn Member"]
    assert message.recipients[2].is_placeholder


def test_letters_of_recruiters_are_kept_and_their_number_noted() -> None:
    records = sample("linkedin", "kinds")
    assert by_text(records)["Bonjour Zoé,\n\nun poste & une équipe"].author.id == "rita-recrute"
    assert notes(records)["conversations_without_owner"] == "2"


def test_words_for_the_audience_of_shares() -> None:
    shares = {m.visibility_raw: m.visibility for m in kept(sample("linkedin", "kinds")) if m.ref}
    del shares[None]
    assert shares == {
        "CONNECTIONS": "semi_public",
        "PUBLIC": "public",
        "ALL": "public",
        "CONTAINER": "unknown",
    }


def test_a_sentence_in_the_place_of_the_audience_is_not_kept(tmp_path: Path) -> None:
    text = (
        "Date,ShareLink,ShareCommentary,SharedUrl,MediaUrl,Visibility\n"
        f"2024-04-01 12:00:00,urn:li:share:71,bonjour,,,merci {PLANTED}\n"
    )
    (share,) = kept(made("linkedin", tmp_path, {"Shares.csv": text, "Profile.csv": PROFILE}))
    assert (share.visibility, share.visibility_raw) == ("unknown", "other")


def test_shifted_cells_and_quoted_line_ends_are_put_right() -> None:
    found = by_text(sample("linkedin", "kinds"))
    assert found["une phrase décalée"].visibility == "public"
    assert "ligne une\nligne deux" in found


def test_reposts_and_quotes() -> None:
    found = {m.ref.id: m for m in kept(sample("linkedin", "kinds")) if m.ref is not None}
    quote, repost = found["urn:li:activity:103"], found["urn:li:share:104"]
    assert (quote.kind, quote.target_author) == ("quote", None)
    assert quote.target is not None
    assert quote.target.id == "urn:li:activity:77"
    assert (repost.kind, repost.target_author) == ("repost", repost.author)


def test_an_answer_to_a_comment_carries_both_addresses() -> None:
    answer = by_text(sample("linkedin", "kinds"))["courage à toi"]
    assert answer.ref is not None
    assert answer.reply_to is not None
    assert answer.root is not None
    assert answer.ref.id == "urn:li:comment:(activity:77,502)"
    assert answer.reply_to.id == "urn:li:comment:(activity:77,501)"
    assert answer.root.id == "urn:li:activity:77"
    assert answer.reply_author is None


def test_reactions_to_comments_and_votes() -> None:
    found = [(r.kind, r.target.id) for r in only(sample("linkedin", "kinds"), RawReaction)]
    assert found == [
        ("like", "urn:li:share:101"),
        ("praise", "urn:li:comment:(activity:77,501)"),
        ("vote", "urn:li:ugcPost:55"),
    ]


def test_contacts_without_a_readable_day_are_kept() -> None:
    contacts = {c.other.id: c.t_us for c in only(sample("linkedin", "kinds"), RawContact)}
    assert contacts == {
        "paul-roy": at("2019-03-03T00:00:00Z"),
        "nina-diop": None,
        "Ida Lenoir": at("2024-05-01T00:00:00Z"),
    }


# Older layouts


def test_names_only() -> None:
    records = sample("linkedin", "names2020")
    found = by_text(records)
    # "Noé Vidal, PhD" is one person, alone and in a list.
    assert found["Bonsoir"].conversation is found["Bonsoir Noé"].conversation
    assert found["Bonsoir"].conversation.kind == "dm"
    assert found["Bonsoir"].author.id == "Noé Vidal, PhD"
    assert found["Bonsoir"].author.scope == "owner"
    trio = found["à deux"]
    assert trio.conversation is found["d accord"].conversation
    assert {p.id for p in trio.conversation.members} == {"Ana Costa", "Noé Vidal, PhD", "Eli Marin"}
    assert found["Bonsoir"].t_us == at("2019-11-06T02:08:20Z")


def test_a_comma_that_nobody_can_read_leaves_the_audience_open() -> None:
    message = by_text(sample("linkedin", "names2020"))["seule"]
    assert (message.visibility, message.conversation.kind) == ("unknown", "unknown")


def test_those_who_are_gone_are_never_one_person() -> None:
    found = by_text(sample("linkedin", "names2020"))
    first, second = found["parti"].author, found["parti aussi"].author
    assert first.is_placeholder
    assert second.is_placeholder
    assert first != second


def test_no_addresses_of_recipients() -> None:
    records = sample("linkedin", "no_urls")
    found = by_text(records)
    # The owner is the one in all three conversations, and never has an address.
    assert found["ça va ?"].author.id == "Kim Vance"
    assert found["ça va ?"].conversation.kind == "dm"
    assert found["à vous deux"].visibility == "private_group"
    minute = found["coucou"]
    assert (minute.time_note, minute.resolution_us) == (RESOLUTION_MINUTE, 60_000_000)
    assert flags(records) == {"private_in", "private_out", "groups"}


# The owner


def test_without_an_owner_each_conversation_stands_alone() -> None:
    records = sample("linkedin", "ownerless")
    (coverage,) = only(records, RawCoverage)
    assert coverage.owner is None
    assert coverage.conversation is kept(records)[0].conversation
    assert "owner" in notes(records)


@pytest.mark.parametrize("word", ["Uma Sol", "uma-sol", IN + "uma-sol/"])
def test_a_declared_owner(word: str) -> None:
    (coverage,) = only(sample("linkedin", "ownerless", owner=word), RawCoverage)
    assert coverage.owner is not None
    assert coverage.owner.id == "uma-sol"


def test_addresses_that_a_row_leaves_out_do_not_make_another_the_owner(tmp_path: Path) -> None:
    # Bo's address is in both conversations, and Léa's in one only: the other row forgot it.
    lines = [
        f"1,,Léa Martin,{IN}lea-martin,Bo,{IN}bo,2024-01-01 10:00:00 UTC,,a,INBOX",
        f"2,,Bo,{IN}bo,Léa Martin,,2024-01-02 10:00:00 UTC,,b,INBOX",
    ]
    records = made("linkedin", tmp_path, {"messages.csv": "\n".join([HEADER, *lines])})
    assert {c.owner for c in only(records, RawCoverage)} == {None}
    third = f"3,,Bo,{IN}bo,Inès K,{IN}ines-k,2024-01-03 10:00:00 UTC,,c,INBOX"
    silent = f"4,,Léa Martin,,Bo,{IN}bo,2024-01-04 10:00:00 UTC,,d,INBOX"
    records = made(
        "linkedin", tmp_path, {"messages.csv": "\n".join([HEADER, lines[0], third, silent])}
    )
    assert [c.owner.id for c in only(records, RawCoverage)] == ["bo"]


def test_a_profile_of_two_columns_is_known_by_its_name(tmp_path: Path) -> None:
    files: dict[str, object] = {
        "Profile.csv": "First Name,Last Name\nLéa,Martin\n",
        "friends.csv": "First Name,Last Name\nBo,Roux\n",
        "Reactions.csv": "Date,Type,Link\n2024-04-02 08:10:00,LIKE,urn:li:activity:72\n",
    }
    records = made("linkedin", tmp_path, files)
    assert [r.actor.id for r in only(records, RawReaction)] == ["Léa Martin"]


def test_public_records_need_an_owner(tmp_path: Path) -> None:
    text = f"Date,Type,Link\n2024-04-02 08:10:00,LIKE,{IN}urn:li:activity:72?{PLANTED}\n"
    with pytest.raises(InputError, match="pass --owner") as caught:
        made("linkedin", tmp_path, {"Reactions.csv": text})
    assert PLANTED not in str(caught.value)
    assert len(only(made("linkedin", tmp_path, {}, owner="Léa Martin"), RawReaction)) == 1


def test_invitations_tell_the_owner() -> None:
    (coverage,) = only(sample("linkedin", "single_invitations"), RawCoverage)
    assert coverage.owner is not None
    assert coverage.owner.id == "tom-rey"


# Invitations


def test_invitations_with_words_on_request() -> None:
    found = by_text(sample("linkedin", "single_invitations"))
    local = found["Bonjour Tom"]
    # 2:30 AM comes twice in Paris that night: the first of the two, summer time, is taken.
    assert local.t_us == at("2024-10-27T00:30:00Z")
    assert local.time_note == RESOLUTION_MINUTE | ASSUMED_ZONE | AMBIGUOUS_HOUR
    assert local.visibility_raw == "invitation"
    assert found["Ravi de te lire"].t_us == at("2024-02-01T10:00:00Z")
    assert reasons(sample("linkedin", "single_invitations"))[0] == {"invitation": 1}


def test_local_invitations_need_a_zone() -> None:
    with pytest.raises(InputError, match="--timezone"):
        sample("linkedin", "single_invitations", timezone=None)


def test_unasked_invitations_need_none() -> None:
    records = sample("linkedin", "single_invitations", timezone=None, columns=None)
    assert kept(records) == []
    assert reasons(records)[0] == {"invitation": 3}


# Tables


def test_notes_above_the_header(tmp_path: Path) -> None:
    row = f"Omar,Benali,{IN}omar-benali,,,,15 Jan 2024\n"
    header = "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
    notes_ = ["", "Notes:\nsome, without quotes, over\ntwo lines\n\n", 'Notes:\n"a\nb"\n\n']
    for place, above in enumerate(notes_):
        folder = tmp_path / str(place)
        files: dict[str, object] = {"Connections.csv": above + header + row, "Profile.csv": PROFILE}
        assert len(only(made("linkedin", folder, files), RawContact)) == 1, place


def test_columns_in_any_order_and_letters(tmp_path: Path) -> None:
    text = (
        f" connected on ,URL,LAST NAME,First  Name\r\n15 Jan 2024,{IN}omar-benali,Benali,Omar\r\n"
    )
    files: dict[str, object] = {"x_connections (1).csv": text, "Profile.csv": PROFILE}
    (contact,) = only(made("linkedin", tmp_path, files), RawContact)
    assert (contact.owner.id, contact.other.id) == ("Léa Martin", "omar-benali")


def test_what_is_no_message_is_not_claimed(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("from,to,date\n1,2,3\n")
    (tmp_path / "b.csv").write_text("date,type,link\n2024,a,https://other.example/\n")
    (tmp_path / "LearningCoachMessages.csv").write_text("No conversations found\n")
    (archive,) = open_exports([tmp_path])
    assert not any(sniff(member) for member in archive.members)


def test_single_files_are_known_by_their_header(tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text(f"{HEADER}\n")
    (archive,) = open_exports([tmp_path])
    assert [kind_of(member) for member in archive.members] == ["messages"]


def test_two_exports_side_by_side_stay_apart(tmp_path: Path) -> None:
    lea = f"1,,Léa Martin,{IN}lea-martin,Bo,{IN}bo,2024-01-01 10:00:00 UTC,,a,INBOX"
    row = f"1,,Eva Roux,{IN}eva-roux,Bo,{IN}bo,2024-01-01 10:00:00 UTC,,b,INBOX"
    eva_profile = PROFILE.replace("Léa,Martin", "Eva,Roux")
    files: dict[str, object] = {
        "lea/messages.csv": f"{HEADER}\n{lea}\n",
        "lea/Profile.csv": PROFILE,
        "eva/messages.csv": f"{HEADER}\n{row}\n",
        "eva/Profile.csv": eva_profile,
    }
    records = made("linkedin", tmp_path, files)
    owners = {c.owner.id for c in only(records, RawCoverage)}
    assert owners == {"lea-martin", "eva-roux"}


def test_bad_dates_and_rows(tmp_path: Path) -> None:
    start = f"1,,Léa Martin,{IN}lea-martin,Bo,{IN}bo"
    lines = [f"{start},soon,,a,INBOX", f"{start},,,b,INBOX", f"{start},1969-01-01 00:00:00,,c,I"]
    records = made("linkedin", tmp_path, {"messages.csv": "\n".join([HEADER, *lines, "1,2"])})
    assert reasons(records)[1] == {"bad_date": 2, "undated": 1, "bad_row": 1}


def test_positions_are_unique() -> None:
    for case in ("gold", "kinds", "names2020"):
        places = [(m.conversation.key, m.seq) for m in kept(sample("linkedin", case))]
        assert len(set(places)) == len(places)
        assert all(isinstance(m, RawMessage) for m in kept(sample("linkedin", case)))


def test_damaged_copies_are_read_or_refused(tmp_path: Path) -> None:
    outcome = run_mutations("linkedin", 600, 15, tmp_path)
    assert outcome["read"] > 400
