"""Time the import of large, invented archives from the file to the finished dataset.

    python bench/imports.py [--mb 500] [--only facebook|tweets] [--repeat 1]

Makes a Facebook-like download (folders of threads of `message_N.json`, pretty-printed, letters
damaged as Facebook damages them) and a Twitter-like archive (`data/tweets.js` of whole tweet
records) in a temporary folder, and imports each with `supportnet.import_archives`, which is what
`supportnet import` calls, in a process of its own. Prints for each the megabytes (10^6 bytes of
JSON), wall and processor seconds (user and system, all threads), megabytes per processor second
(what one core does per second), and the peak of the resident memory, everything the process loads
included. Processor seconds are also given for the two steps: reading and encoding up to the
written part, and the build of the tables. Starting Python and loading the package is given apart.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

SEED = 7
START_S = 1_420_070_400
SPAN_S = 9 * 365 * 86_400
PER_FILE = 10_000

WORDS = """
the a to and you I it that of is in for me on we so just be have not what do are at my this like
with up know out if all get no when can time go was see now one really think day about your good
there her him they will need want here come today work how still yeah going back tell more
home week maybe some call than tomorrow right never then say make love sorry thanks okay please
la le de et je tu pas un une que pour on est ça oui non merci courage demain avec très bien tout
café été août déjà voilà après père mère élève forêt où noël garçon leçon naïve cœur œuvre
""".split()
SIGNS = ["❤", "😂", "👍", "😢", "🙏", "🎉", "💪", "✨", "🥲", "☀️"]
FIRST = "Léa Omar Inès Paul Théo Chloé Zoé Hugo Anaïs Noé Jade Adam Lina Rémi Sara Élise".split()
LAST = "Martin Bénali Dupont Nguyễn Lefèvre Costa Müller Haddad Petit Öztürk Roux García".split()


def sentence(random_: random.Random, longest: int) -> str:
    """Return a short text; now and then with an emoji, a question or a link."""
    n = min(max(1, int(random_.lognormvariate(2.0, 0.8))), longest)
    words = random_.choices(WORDS, k=n)
    draw = random_.random()
    if draw < 0.12:
        words.append(random_.choice(SIGNS))
    elif draw < 0.22:
        words[-1] += "?"
    elif draw < 0.25:
        words.append(f"https://example.org/{random_.randrange(10**6)}")
    elif draw < 0.27:
        words[0] = f'"{words[0]}"\n'
    text = " ".join(words)
    return text[:1].upper() + text[1:] if random_.random() < 0.6 else text


def people(random_: random.Random, n: int) -> list[str]:
    """Return `n` different display names."""
    names = [f"{first} {last}" for first in FIRST for last in LAST]
    random_.shuffle(names)
    return [
        names[i % len(names)] + (f" {i // len(names)}" if i >= len(names) else "") for i in range(n)
    ]


# -- Facebook ------------------------------------------------------------------------------------


def damaged(text: str) -> str:
    """Return a text as Facebook writes it: each byte of UTF-8 a letter of its own."""
    return json.dumps(text.encode().decode("latin-1"))


def facebook_row(random_: random.Random, names: list[str], t_ms: int) -> str:
    """Return one message, pretty-printed two levels deep."""
    lines = [f'"sender_name": {random_.choice(names)}', f'"timestamp_ms": {t_ms}']
    draw = random_.random()
    if draw < 0.93:
        lines.append(f'"content": {damaged(sentence(random_, 60))}')
    elif draw < 0.98:
        photo = f'"uri": "photos/{t_ms}.jpg",\n          "creation_timestamp": {t_ms // 1000}'
        lines.append('"photos": [\n        {\n          ' + photo + "\n        }\n      ]")
    else:
        link = f"https://example.org/{t_ms}"
        lines.append(f'"content": {damaged(sentence(random_, 20))}')
        lines.append(f'"share": {{\n        "link": "{link}"\n      }}')
    if random_.random() < 0.08:
        sign = damaged(random_.choice(SIGNS))
        given = f'"reaction": {sign},\n          "actor": {random_.choice(names)}'
        lines.append('"reactions": [\n        {\n          ' + given + "\n        }\n      ]")
    lines.append('"is_geoblocked_for_viewer": false')
    lines.append('"is_unsent_image_by_messenger_kid_parent": false')
    return "    {\n      " + ",\n      ".join(lines) + "\n    }"


def facebook_thread(random_: random.Random, names: list[str], n: int) -> Iterator[str]:
    """Yield the messages of one thread, newest first."""
    written = [damaged(name) for name in names]
    t_ms = (START_S + random_.randrange(SPAN_S // 2, SPAN_S)) * 1000
    for _ in range(n):
        yield facebook_row(random_, written, t_ms)
        t_ms -= (
            int(random_.expovariate(1 / 300) * 1000) + 1 if random_.random() < 0.97 else 43_200_000
        )


def write_facebook(folder: Path, megabytes: float) -> tuple[Path, int]:
    """Write a download; return its folder and the bytes of its threads."""
    random_ = random.Random(SEED)
    root = folder / "facebook-lea-2024"
    names = people(random_, 400)
    owner, total, number = names[0], 0, 0
    profile = root / "personal_information" / "profile_information"
    profile.mkdir(parents=True)
    about = {"profile_v2": {"name": {"full_name": owner.encode().decode("latin-1")}}}
    (profile / "profile_information.json").write_text(json.dumps(about), "utf-8")
    while total < megabytes * 1e6:
        number += 1
        size = 1 if random_.random() < 0.8 else random_.randrange(2, 12)
        members = [owner, *random_.sample(names[1:], size)]
        count = min(max(20, int(random_.paretovariate(0.6) * 150)), 90_000)
        left = int((megabytes * 1e6 - total) / 250) + 10
        rows = list(facebook_thread(random_, members, min(count, left)))
        place = (
            root / "your_activity_across_facebook" / "messages" / "inbox" / f"t_{10**9 + number}"
        )
        place.mkdir(parents=True)
        title = members[1] if size == 1 else f"Groupe {number}"
        persons = ",\n".join(f'    {{\n      "name": {damaged(name)}\n    }}' for name in members)
        after = [f'"title": {damaged(title)}', '"is_still_participant": true']
        after += ['"joinable_mode": {\n    "mode": 1,\n    "link": ""\n  }'] if size > 1 else []
        after += [f'"thread_path": "inbox/t_{10**9 + number}"', '"magic_words": [\n\n  ]']
        for file, start in enumerate(range(0, len(rows), PER_FILE), start=1):
            body = ",\n".join(rows[start : start + PER_FILE])
            text = f'{{\n  "participants": [\n{persons}\n  ],\n  "messages": [\n{body}\n  ],\n  '
            total += (place / f"message_{file}.json").write_text(
                text + ",\n  ".join(after) + "\n}", "utf-8"
            )
    return root, total


# -- Twitter -------------------------------------------------------------------------------------


def tweet_id(t_s: int, random_: random.Random) -> int:
    """Return an id that carries its time."""
    return ((t_s * 1000 + random_.randrange(1000) - 1_288_834_974_657) << 22) + random_.randrange(
        4096
    )


def escaped(text: str) -> str:
    """Return a text as Twitter writes it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def tweet(
    random_: random.Random, accounts: list[tuple[str, str, str]], sent: list[int], t_s: int
) -> dict[str, Any]:
    """Return one record with all the fields of the archives since 2022."""
    ident = tweet_id(t_s, random_)
    text = escaped(sentence(random_, 40))
    named: list[tuple[str, str, str]] = []
    reply: dict[str, str] = {}
    draw = random_.random()
    if draw < 0.4 or (draw < 0.5 and not sent):
        named = random_.sample(accounts, 1 if random_.random() < 0.8 else 3)
        parent = str(tweet_id(t_s - random_.randrange(10, 90_000), random_))
        reply = {"id": parent, "user": named[0][0], "name": named[0][1]}
    elif draw < 0.5:
        reply = {
            "id": str(sent[-1 - random_.randrange(min(len(sent), 50))]),
            "user": "1001",
            "name": "lea_m",
        }
    elif draw < 0.62:
        named = [random_.choice(accounts)]
    prefix = "RT " if 0.5 <= draw < 0.62 else ""
    mentions, at = [], len(prefix)
    for ident_, handle, name in named:
        mentions.append(
            {
                "name": name,
                "screen_name": handle,
                "indices": [str(at), str(at + len(handle) + 1)],
                "id_str": ident_,
                "id": ident_,
            }
        )
        at += len(handle) + 2
    lead = prefix + " ".join(f"@{handle}" for _, handle, _ in named)
    full = f"{lead}{':' if prefix else ''} {text}" if named else text
    urls = []
    if random_.random() < 0.15:
        urls = [
            {
                "url": "https://t.co/abcdefghij",
                "expanded_url": f"https://example.org/{ident}",
                "display_url": "example.org/…",
                "indices": [str(len(full)), str(len(full) + 23)],
            }
        ]
        full += " https://t.co/abcdefghij"
    when = datetime.fromtimestamp(t_s, UTC)
    record: dict[str, Any] = {
        "edit_info": {
            "initial": {
                "editTweetIds": [str(ident)],
                "editableUntil": "2022-10-13T21:13:03.000Z",
                "editsRemaining": "5",
                "isEditEligible": not reply,
            }
        },
        "retweeted": False,
        "source": '<a href="http://twitter.com/download/iphone" rel="nofollow">Twitter for iPhone</a>',
        "entities": {"hashtags": [], "symbols": [], "user_mentions": mentions, "urls": urls},
        "display_text_range": ["0", str(len(full))],
        "favorite_count": str(random_.randrange(20)),
    }
    if reply:
        record |= {"in_reply_to_status_id_str": reply["id"]}
    record |= {"id_str": str(ident)}
    if reply:
        record |= {"in_reply_to_user_id": reply["user"]}
    record |= {"truncated": False, "retweet_count": str(random_.randrange(5)), "id": str(ident)}
    if reply:
        record |= {"in_reply_to_status_id": reply["id"]}
    record |= {
        "created_at": f"{when:%a %b %d %H:%M:%S +0000 %Y}",
        "favorited": False,
        "full_text": full,
        "lang": random_.choice(["fr", "en", "en", "und"]),
    }
    if reply:
        record |= {
            "in_reply_to_screen_name": reply["name"],
            "in_reply_to_user_id_str": reply["user"],
        }
    sent.append(ident)
    return record


def write_tweets(folder: Path, megabytes: float) -> tuple[Path, int]:
    """Write an archive; return its folder and the bytes of its tweets."""
    random_ = random.Random(SEED)
    root = folder / "twitter-2024-01-01-abc"
    (root / "data").mkdir(parents=True)
    account = {"accountId": "1001", "username": "lea_m", "createdAt": "2012-05-02T08:00:00.000Z"}
    (root / "data" / "account.js").write_text(
        "window.YTD.account.part0 = " + json.dumps([{"account": account}]), "utf-8"
    )
    accounts = [
        (str(10**6 + i * 7919), f"handle_{i}", name) for i, name in enumerate(people(random_, 3000))
    ]
    sent: list[int] = []
    total, t_s = 0, START_S
    with (root / "data" / "tweets.js").open("w", encoding="utf-8") as file:
        total += file.write("window.YTD.tweets.part0 = [\n")
        while total < megabytes * 1e6:
            t_s += int(random_.expovariate(1 / 500)) + 1
            record = json.dumps(
                {"tweet": tweet(random_, accounts, sent, t_s)},
                indent=2,
                ensure_ascii=False,
                separators=(",", " : "),
            )
            block = record.replace("\n", "\n  ").replace("[]", "[ ]")
            total += file.write((",\n  " if sent[1:] else "  ") + block)
        total += file.write("\n]")
    return root, (root / "data" / "tweets.js").stat().st_size


WRITERS: dict[str, Callable[[Path, float], tuple[Path, int]]] = {
    "facebook": write_facebook,
    "tweets": write_tweets,
}


# -- measuring -----------------------------------------------------------------------------------


def peak_mib() -> float:
    """Return the largest resident size of this process so far, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def child(path: Path, into: Path) -> None:
    """Import one archive and print the figures of this process as JSON."""
    loaded = time.process_time()
    import supportnet as sn
    from supportnet import ingest

    started, worked = time.perf_counter(), time.process_time()
    took = {"load": worked - loaded}
    build = ingest.build

    def timed(*given: Any, **named: Any) -> Any:
        took["part_mib"], before = peak_mib(), time.process_time()
        done = build(*given, **named)
        took["build"] = time.process_time() - before
        return done

    setattr(ingest, "build", timed)  # noqa: B010 - a name of the module, replaced on purpose
    report = sn.import_archives([path], into=into, community="bench")
    wall, cpu = time.perf_counter() - started, time.process_time() - worked
    frame = report.to_frame()
    figures = {
        "wall": wall,
        "cpu": cpu,
        "part": cpu - took["build"],
        "peak_mib": peak_mib(),
        "kept": int(frame["kept"].sum()),
        **took,
    }
    print(json.dumps(figures))


def run(path: Path, folder: Path) -> dict[str, float]:
    """Import one archive in a fresh process and return its figures."""
    with tempfile.TemporaryDirectory(dir=folder) as into:
        environ = {**os.environ, "SUPPORTNET_CONFIG_HOME": str(Path(into) / "config")}
        command = [sys.executable, __file__, "--child", str(path), "--into", f"{into}/dataset"]
        out = subprocess.run(command, check=True, capture_output=True, text=True, env=environ)
    figures: dict[str, float] = json.loads(out.stdout)
    return figures


def show(name: str, size: float, figures: dict[str, float]) -> None:
    """Print one line."""
    cpu, part = figures["cpu"], figures["part"]
    print(
        f"{name:<10}{size:>7.0f}{figures['kept']:>11,.0f}{figures['wall']:>8.1f}{cpu:>8.1f}"
        f"{size / cpu:>9.1f}{part:>8.1f}{size / part:>9.1f}{figures['build']:>9.1f}"
        f"{figures['part_mib']:>10.0f}{figures['peak_mib']:>9.0f}{figures['load']:>8.1f}",
        flush=True,
    )


def main() -> None:
    """Make the archives, import each, print a table."""
    parser = argparse.ArgumentParser(prog="imports", description=__doc__)
    parser.add_argument("--mb", type=float, default=500)
    parser.add_argument("--only", choices=sorted(WRITERS))
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        child(given.child, given.into)
        return
    names = [given.only] if given.only else list(WRITERS)
    print(
        f"{'archive':<10}{'MB':>7}{'messages':>11}{'wall s':>8}{'CPU s':>8}{'MB/CPUs':>9}"
        f"{'part s':>8}{'MB/CPUs':>9}{'build s':>9}{'part MiB':>10}{'peak MiB':>9}{'load s':>8}"
    )
    with tempfile.TemporaryDirectory(dir=given.folder) as made:
        for name in names:
            small, _ = WRITERS[name](Path(made) / "small", 0.2)
            run(small, Path(made))  # machine code is compiled once per installation: not timed
            path, size = WRITERS[name](Path(made) / name, given.mb)
            for _ in range(given.repeat):
                show(name, size / 1e6, run(path, Path(made)))


if __name__ == "__main__":
    main()
