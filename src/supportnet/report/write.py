"""Write the report of one or several communities as one HTML file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from tqdm import tqdm

from supportnet.community import Community
from supportnet.errors import InputError
from supportnet.plots.words import check_language
from supportnet.report import constructs, migration, overview
from supportnet.report.differences import Differences, comparison, differ
from supportnet.report.export import write_file
from supportnet.report.findings import Findings, find
from supportnet.report.groups_found import groups_found
from supportnet.report.html import Html, page, safe_name, tag
from supportnet.report.methods import methods, references, statuses, version_of, versions
from supportnet.report.settings import Settings
from supportnet.report.truth import truth_section
from supportnet.report.words import Talk

__all__ = ["composed", "measured", "write_report"]


def write_report(
    communities: Sequence[Community] | Community,
    path: str | Path,
    *,
    language: str = "en",
    truth: Mapping[str, Any] | None = None,
    groups: pd.DataFrame | None = None,
    min_contacts: int = 500,
    seed: int = 1,
) -> None:
    """Write the report: one HTML file without scripts and without requests.

    Parameters
    ----------
    communities
        One community or several, side by side.
    path
        File to write; replaced when it exists, readable for everybody (0644).
    language
        `en` or `fr`.
    truth
        The planted answers of a generated community (the example's `truth.json`); shown beside the
        estimates of the first generated community.
    groups
        Groups frame of all communities; None finds them.
    min_contacts
        Smallest friend network, declared contacts.
    seed
        Seed of every random step.

    Raises
    ------
    InputError
        When there is no community, two bear one name, the language is unknown, or the file cannot
        be written.

    Notes
    -----
    Measures that a dataset cannot identify are named with the reason, not left out. For data of
    real persons small cells are suppressed, and no time finer than a day and no person appears. The
    same data, settings and versions give the same bytes.

    Examples
    --------
    >>> import tempfile
    >>> from supportnet.community import from_dataframe
    >>> talk = pd.DataFrame({"sender": list("abab"), "recipient": list("baba"), "time": range(4)})
    >>> river = from_dataframe(talk, visibility="private_1to1", unit="s", community="river")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_report(river, Path(folder, "report.html"), language="fr")
    ...     "<script" in Path(folder, "report.html").read_text(encoding="utf-8")
    False
    """
    listed = [communities] if isinstance(communities, Community) else list(communities)
    names = [community.name for community in listed]
    if not listed or len(set(names)) < len(names):
        found = "none" if not listed else "two of one name"
        msg = f"one community or several of different names were expected; found {found}."
        raise InputError(msg)
    talk = Talk(check_language(language))
    if not Path(path).parent.is_dir():  # before minutes of work
        msg = "a file in an existing folder was expected; found no such folder; make it first."
        raise InputError(msg)
    settings = Settings(min_contacts=min_contacts, seed=seed)
    text = composed(listed, measured(listed, groups, settings), truth, talk, settings)
    write_file(Path(path), text.encode("utf-8"))


def measured(
    listed: Sequence[Community], groups: pd.DataFrame | None, settings: Settings
) -> tuple[list[Findings], Differences]:
    """Compute everything that the report shows, in whatever language.

    Parameters
    ----------
    listed
        The communities.
    groups
        Groups frame of all communities; None finds them.
    settings
        All settings.

    Returns
    -------
    list of Findings
        One per community.
    Differences
        The comparison over all of them.
    """
    steps = tqdm(listed, desc="measuring", disable=None, leave=False)
    all_found = [find(community, settings, groups) for community in steps]
    return all_found, differ(listed, all_found, settings)


def composed(
    listed: Sequence[Community],
    results: tuple[Sequence[Findings], Differences],
    truth: Mapping[str, Any] | None,
    talk: Talk,
    settings: Settings,
) -> str:
    """Return the document in one language.

    Parameters
    ----------
    listed
        The communities.
    results
        What :func:`measured` returned for them.
    truth
        Planted answers, or None.
    talk, settings
        The language; all settings.

    Returns
    -------
    str
        HTML.
    """
    all_found, differences = results
    generated = next((i for i, found in enumerate(all_found) if found.synthetic), None)
    planted: list[Html] = []
    if truth is not None and generated is not None:
        found, community = all_found[generated], listed[generated]
        planted = [truth_section(community, found, differences, truth, talk, settings)]
    names = talk.listed([safe_name(found.name) for found in all_found])
    body = [
        overview.header(all_found, talk, version_of("supportnet"), settings.seed),
        overview.summary(all_found, differences, talk),
        _contents(talk, moved=any(f.moves for f in all_found), with_truth=bool(planted)),
        overview.cards(all_found, talk),
        *(constructs.construct(name, all_found, talk) for name in constructs.CONSTRUCTS),
        groups_found(all_found, settings, talk),
        migration.migration(all_found, settings, talk),
        comparison(differences, talk),
        *planted,
        methods(settings, talk),
        statuses(talk),
        versions(all_found, talk),
        references(talk),
    ]
    return page(talk.say("title", names=names), talk.language, body)


def _contents(talk: Talk, *, moved: bool, with_truth: bool) -> Html:
    """Return the list of sections."""
    names = ["cards", *constructs.CONSTRUCTS, "groups"]
    names += ["migration", "comparison"] if moved else ["comparison"]
    names += ["truth"] if with_truth else []
    names += ["methods", "statuses", "versions", "references"]
    links = [tag("li", tag("a", talk.say(f"h.{name}"), href=f"#{name}")) for name in names]
    return tag("nav", tag("ul", *links), aria_label=talk.say("contents"))
