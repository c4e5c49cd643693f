"""The build once more, in plain Python and one row at a time: slow, and easy to check by eye.

It reads the parts of a dataset and returns the rows that its tables must have. Only what the
store promises is used: the build order, the rules for copies, the rules for numbers.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow.parquet as pq

from supportnet.store.manifest import read_manifest
from supportnet.store.parts import read_source

Row: TypeAlias = dict[str, Any]

TAKEN_OVER = (
    *("seq", "author_id", "t_us", "kind", "original_kind", "visibility", "visibility_raw"),
    *("audience_size", "edited", "time_note", "lang", "n_chars", "n_words", "n_emoji"),
    *("has_question", "has_link"),
)
PARTS = (
    *("messages", "recipients", "mentions", "accounts", "conversations", "members"),
    *("memberships", "aliases"),
)
ROLES = ("reply_author", "root_author", "target_author", "wall_owner")


class Reference:
    """The tables of one dataset with a row per message or more."""

    def __init__(self, folder: Path) -> None:
        manifest = read_manifest(folder)
        assert manifest is not None
        self.manifest = manifest
        self.parts = {
            name: [
                {**row, "source_id": source}
                for source, part in enumerate(manifest.parts)
                for row in pq.read_table(folder / "parts" / part / f"{name}.parquet").to_pylist()
            ]
            for name in PARTS
        }
        dates = [read_source(folder, part)["exported_us"] or 0 for part in manifest.parts]
        newest = sorted(range(len(dates)), key=lambda i: (-dates[i], manifest.parts[i]))
        self.priority = [newest.index(i) for i in range(len(dates))]
        self.raw = sorted(
            self.parts["messages"], key=lambda r: (r["t_us"], r["source_id"], r["seq"], r["pos"])
        )
        for rank, row in enumerate(self.raw):
            row["ord"] = rank
        self._number_people()
        self._join_conversations()
        self._leave_out()
        self._join_threads()
        self._number_conversations()
        self._find_copies()
        self._number_messages()

    def _named(self, table: str, source: int, pos: int) -> list[int]:
        return [
            r["account"]
            for r in sorted(self.parts[table], key=lambda r: r["slot"])
            if (r["source_id"], r["pos"]) == (source, pos)
        ]

    def _number_people(self) -> None:
        root: dict[bytes, bytes] = {}

        def find(item: bytes) -> bytes:
            while root.get(item, item) != item:
                item = root[item]
            return item

        name = {(a["source_id"], a["account"]): a["pseudonym"] for a in self.parts["accounts"]}
        pairs = [
            (name[a["source_id"], a["first"]], name[a["source_id"], a["second"]])
            for a in self.parts["aliases"]
        ]
        for group in self.manifest.links:
            pairs += [(bytes.fromhex(group[0]), bytes.fromhex(other)) for other in group[1:]]
        for first, second in pairs:
            low, high = sorted((find(first), find(second)))
            root[high] = low
        forgotten = {bytes.fromhex(p) for p in self.manifest.forgotten}
        gone = {find(p) for p in name.values() if p in forgotten}
        met: list[tuple[int, int]] = []
        for row in self.raw:
            source, pos = row["source_id"], row["pos"]
            accounts = [row["author"], *self._named("recipients", source, pos)]
            accounts += [*self._named("mentions", source, pos), *(row[role] for role in ROLES)]
            met += [(source, account) for account in accounts if account is not None]
        met += sorted(name)
        number: dict[bytes, int] = {}
        for place in met:
            if find(name[place]) not in gone:
                number.setdefault(find(name[place]), len(number))
        self.pseudonym = name
        self.person = {place: number.get(find(p)) for place, p in name.items()}

    def _of(self, row: Row, account: int | None) -> int | None:
        return None if account is None else self.person[row["source_id"], account]

    def _join_conversations(self) -> None:
        self.people: dict[tuple[int, int], set[int | None]] = defaultdict(set)
        for m in self.parts["members"] + self.parts["memberships"]:
            self.people[m["source_id"], m["conv"]].add(self._of(m, m["account"]))
        self.conv = {(c["source_id"], c["conv"]): c for c in self.parts["conversations"]}
        self.label: dict[tuple[int, int], Any] = {}
        for place, c in self.conv.items():
            pair = sorted(p for p in self.people[place] if p is not None)
            is_pair = c["kind"] == "dm" and len(pair) == 2
            self.label[place] = (c["platform"], *pair) if is_pair else c["conversation_key"]

    def _leave_out(self) -> None:
        self.rows = []
        for row in self.raw:
            place = row["source_id"], row["conv"]
            row["author_id"] = self._of(row, row["author"])
            is_direct = row["visibility"] == "private_1to1" and None in self.people[place]
            if row["author_id"] is not None and not is_direct:
                row["label"] = self.label[place]
                self.rows.append(row)
        self.first_with: dict[bytes, Row] = {}
        for row in self.rows:
            if row["native_key"] is not None:
                self.first_with.setdefault(row["native_key"], row)

    def _join_threads(self) -> None:
        threads = {self.label[p] for p, c in self.conv.items() if c["kind"] == "thread"}
        pointer: dict[Any, bytes] = {}
        for row in self.rows:
            key = row["root_key"] or row["reply_key"]
            if key is not None and row["label"] in threads:
                pointer.setdefault(row["label"], key)
        up = {
            label: self.first_with[key]["label"]
            for label, key in pointer.items()
            if key in self.first_with and self.first_with[key]["label"] in threads
        }
        up = {label: above for label, above in up.items() if above != label}
        for _ in range(64):
            onward = {a: up[b] for a, b in up.items() if b in up and up[b] != a}
            if not onward:
                break
            up = {a: onward.get(a, b) for a, b in up.items()}
        for row in self.rows:
            row["label"] = up.get(row["label"], row["label"])
        self.label = {place: up.get(label, label) for place, label in self.label.items()}

    def _number_conversations(self) -> None:
        self.talk: dict[Any, int] = {}
        for label in [r["label"] for r in self.rows] + [self.label[p] for p in sorted(self.label)]:
            self.talk.setdefault(label, len(self.talk))
        for row in self.rows:
            row["talk"] = self.talk[row["label"]]

    def _find_copies(self) -> None:
        for row in self.rows:
            row["rep"] = self.first_with.get(row["native_key"], row)["ord"]
        copies: dict[int, set[tuple[int, int]]] = defaultdict(set)
        for row in self.rows:
            if row["is_copy_matched"]:
                copies[row["talk"]].add((row["source_id"], row["copy"]))
        told: dict[Any, list[Row]] = defaultdict(list)
        silent: dict[Any, list[Row]] = defaultdict(list)
        for row in self.rows:
            if row["is_copy_matched"] and len(copies[row["talk"]]) > 1 and row["rep"] == row["ord"]:
                what = row["talk"], row["author_id"]
                if row["digest"] is None:
                    silent[*what, row["t_us"]].append(row)
                else:
                    told[*what, row["digest"]].append(row)
        same: dict[int, int] = {}
        for rows in told.values():
            slack = max(r["resolution_us"] for r in rows) + 1_000_000
            cluster, last = 0, rows[0]["t_us"]
            count: dict[Any, int] = defaultdict(int)
            first: dict[Any, int] = {}
            for row in rows:
                cluster += row["t_us"] - last > slack
                last = row["t_us"]
                count[cluster, row["source_id"], row["copy"]] += 1
                k = count[cluster, row["source_id"], row["copy"]]
                same[row["ord"]] = first.setdefault((cluster, k), row["ord"])
        for rows in silent.values():
            count = defaultdict(int)
            first = {}
            for row in rows:
                count[row["source_id"], row["copy"]] += 1
            if len(set(count.values())) == 1:
                count.clear()
                for row in rows:
                    count[row["source_id"], row["copy"]] += 1
                    k = count[row["source_id"], row["copy"]]
                    same[row["ord"]] = first.setdefault(k, row["ord"])
        self.copies: dict[int, list[Row]] = defaultdict(list)
        for row in self.rows:
            self.copies[same.get(row["rep"], row["rep"])].append(row)
        for rows in self.copies.values():
            rows.sort(key=lambda r: (r["resolution_us"], self.priority[r["source_id"]], r["ord"]))

    def _number_messages(self) -> None:
        self.whole: list[tuple[Row, list[Row]]] = []
        seen: dict[Any, int] = defaultdict(int)
        for copies in sorted(self.copies.values(), key=lambda rows: rows[0]["ord"]):
            row: Row = {"message_id": len(self.whole)}
            for name in (
                *TAKEN_OVER,
                "native_key",
                "digest",
                "reply_key",
                "root_key",
                "target_key",
            ):
                row[name] = next((r[name] for r in copies if r[name] is not None), None)
            for role in ROLES:
                persons = [self._of(r, r[role]) for r in copies]
                row[role] = next((p for p in persons if p is not None), None)
            first = copies[0]
            row["conversation_id"] = first["talk"]
            what = first["talk"], first["author_id"], first["t_us"], row["digest"]
            seen[what] += 1
            if row["native_key"] is None:
                place = first["source_id"], first["conv"]
                text = self.conv[place]["conversation_key"].hex().upper()
                text += self.pseudonym[first["source_id"], first["author"]].hex().upper()
                text += f"{first['t_us']}{(row['digest'] or b'').hex().upper()}/{seen[what]}"
                row["native_key"] = hashlib.md5(text.encode(), usedforsecurity=False).digest()
            for copy in copies:
                copy["message"] = row
            self.whole.append((row, copies))

    def messages(self) -> list[Row]:
        found = []
        for row, _ in self.whole:
            above = {
                name: self.first_with[row[name]]["message"] if row[name] in self.first_with else {}
                for name in ("reply_key", "root_key", "target_key")
            }
            pointed = {
                "reply_author": above["reply_key"],
                "root_author": above["root_key"],
                "target_author": above["target_key"],
                "wall_owner": {},
            }
            found.append(
                {name: row[name] for name in (*TAKEN_OVER, "message_id", "conversation_id")}
                | {"native_key": row["native_key"]}
                | {
                    role: row[role] if row[role] is not None else message.get("author_id")
                    for role, message in pointed.items()
                }
                | {
                    "reply_to": above["reply_key"].get("message_id"),
                    "target_message": above["target_key"].get("message_id"),
                    "reply_basis": "none" if row["reply_key"] is None else "explicit",
                }
            )
        return found

    def _persons_in(self, table: str, row: Row, copies: list[Row]) -> set[int]:
        found = {
            self.person[c["source_id"], account]
            for c in copies
            for account in self._named(table, c["source_id"], c["pos"])
        }
        return {p for p in found if p is not None and p != row["author_id"]}

    def _present(self, row: Row) -> set[int]:
        """Return the members of the closed list when the message was sent."""
        talk, t_us = row["conversation_id"], row["t_us"]
        stays = [
            (self._of(m, m["account"]), m["joined_us"], m["left_us"])
            for m in self.parts["memberships"]
            if self.talk[self.label[m["source_id"], m["conv"]]] == talk
        ]
        dated = {person for person, _, _ in stays}
        members = {
            person
            for place, people in self.people.items()
            for person in people
            if self.talk[self.label[place]] == talk
        }
        there = {
            person
            for person, joined, left in stays
            if (joined is None or joined <= t_us) and (left is None or left > t_us)
        }
        return {p for p in (members - dated) | there if p is not None and p != row["author_id"]}

    def recipients(self) -> list[Row]:
        found = []
        for row, copies in self.whole:
            persons = self._persons_in("recipients", row, copies)
            if not persons and row["visibility"] in ("private_1to1", "private_group"):
                persons = self._present(row)
            found += [{"message_id": row["message_id"], "person_id": p} for p in sorted(persons)]
        return found

    def mentions(self) -> list[Row]:
        return [
            {"message_id": row["message_id"], "person_id": person}
            for row, copies in self.whole
            for person in sorted(self._persons_in("mentions", row, copies))
        ]

    def message_sources(self) -> list[Row]:
        return [
            {"message_id": row["message_id"], "source_id": source}
            for row, copies in self.whole
            for source in sorted({c["source_id"] for c in copies})
        ]
