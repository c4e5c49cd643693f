"""The end of the report: settings, statuses, versions, references."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from supportnet.report.findings import Findings
from supportnet.report.html import Column, Html, join, safe_name, table, tag
from supportnet.report.settings import Settings
from supportnet.report.words import Talk
from supportnet.units import STATUSES

__all__ = ["REFERENCES", "methods", "references", "statuses", "version_of", "versions"]

_PACKAGES = (
    "supportnet",
    "numpy",
    "pandas",
    "scipy",
    "pyarrow",
    "duckdb",
    "narwhals",
    "numba",
    "networkx",
    "matplotlib",
)
REFERENCES: Final = (
    "Aronow, Samii & Assenova 2015. Cluster-robust variance estimation for dyadic data. Political "
    "Analysis 23:564. doi:10.1093/pan/mpv018",
    "Garlaschelli & Loffredo 2004. Patterns of link reciprocity in directed networks. Physical "
    "Review Letters 93:268701. doi:10.1103/PhysRevLett.93.268701",
    "Holland & Leinhardt 1970. A method for detecting structure in sociometric data. American "
    "Journal of Sociology 76:492. doi:10.1086/224954",
    "Kaplan & Meier 1958. Nonparametric estimation from incomplete observations. Journal of the "
    "American Statistical Association 53:457. doi:10.1080/01621459.1958.10501452",
    "Kossinets & Watts 2006. Empirical analysis of an evolving social network. Science 311:88. "
    "doi:10.1126/science.1116869",
    "Kovanen, Saramäki & Kaski 2010. Reciprocity of mobile phone calls. "
    "doi:10.48550/arXiv.1002.0763",
    "Kriegeskorte et al. 2009. Circular analysis in systems neuroscience: the dangers of double "
    "dipping. Nature Neuroscience 12:535. doi:10.1038/nn.2303",
    "Lakens 2017. Equivalence tests. Social Psychological and Personality Science 8:355. "
    "doi:10.1177/1948550617697177",
    "Opsahl & Panzarasa 2009. Clustering in weighted networks. Social Networks 31:155. "
    "doi:10.1016/j.socnet.2009.02.002",
    "Royston & Parmar 2013. Restricted mean survival time. BMC Medical Research Methodology "
    "13:152. doi:10.1186/1471-2288-13-152",
    "Squartini et al. 2013. Reciprocity of weighted networks. Scientific Reports 3:2729. "
    "doi:10.1038/srep02729",
    "Watts & Strogatz 1998. Collective dynamics of ‘small-world’ networks. Nature 393:440. "
    "doi:10.1038/30918",
)


def version_of(package: str) -> str:
    """Return the installed version of a package.

    Examples
    --------
    >>> version_of("no-such-package-anywhere")
    '–'
    """
    try:
        return version(package)
    except PackageNotFoundError:
        return "–"


def methods(settings: Settings, talk: Talk) -> Html:
    """Return every setting that changes a number."""
    shown = [(talk.say(f"meth.{key}"), value) for key, value in _settings(settings, talk)]
    columns = [Column(talk.say("meth.setting")), Column(talk.say("meth.used"))]
    return tag(
        "section",
        tag("h2", talk.say("h.methods"), id="methods"),
        table(talk.say("meth.about"), columns, shown),
        tag("p", talk.say("meth.open")),
    )


def _settings(settings: Settings, talk: Talk) -> list[tuple[str, object]]:
    """Return each setting's key and its value in words."""
    rules, used = settings.rules, settings.attribution
    names = ("group", "reply", "mentions", "quote", "content")
    attribution = ", ".join(f"{name}={getattr(used, name)}" for name in names)
    horizon = talk.say(
        "meth.horizon_value", private=settings.horizon_private, public=settings.horizon_public
    )
    return [
        ("attribution", tag("code", attribution)),
        ("visibility", talk.say("meth.visibility_value")),
        ("burst", settings.burst),
        ("horizon", horizon),
        ("anchor", talk.say("meth.anchor_value")),
        ("tau", settings.tau),
        (
            "chain",
            talk.say(
                "meth.chain_value",
                days=rules.bin_days,
                share=talk.percent(rules.min_continuity),
                n=rules.min_each_way,
            ),
        ),
        ("silence", settings.silence),
        ("window", talk.say("meth.window_value")),
        ("contacts", talk.say("meth.contacts_value", n=talk.count(settings.min_contacts))),
        ("least", talk.say("meth.least_value")),
        ("burn_in", settings.burn_in),
        ("projection", talk.say("meth.projection_value")),
        (
            "norm",
            talk.say(
                "meth.norm_value",
                norm=talk.setting(settings.norm),
                margin=talk.setting(settings.margin),
            ),
        ),
        ("intervals", talk.say("meth.intervals_value", replicates=talk.count(settings.replicates))),
        ("draws", talk.say("meth.draws_value", draws=talk.count(settings.draws))),
        ("seed", str(settings.seed)),
        ("suppression", talk.say("meth.suppression_value")),
    ]


def statuses(talk: Talk) -> Html:
    """Return what each status means."""
    names = [*STATUSES, "donors", "observed"]
    rows = [(talk.say(f"s.{name}"), talk.say(f"status.{name}")) for name in names]
    columns = [Column(talk.say("status")), Column(talk.say("card.why"))]
    return tag(
        "section",
        tag("h2", talk.say("h.statuses"), id="statuses"),
        table(talk.say("h.statuses"), columns, rows),
    )


def versions(all_found: Sequence[Findings], talk: Talk) -> Html:
    """Return the software and the manifest of every dataset."""
    software = [(name, version_of(name)) for name in _PACKAGES]
    software.insert(1, ("python", platform.python_version()))
    columns = [Column(talk.say("ver.software")), Column(talk.say("ver.version"))]
    parts: list[object] = [
        tag("h2", talk.say("h.versions"), id="versions"),
        table(talk.say("ver.software"), columns, software),
    ]
    for found in all_found:
        parts.append(_manifest(found, talk))
    return tag("section", *parts)


def _manifest(found: Findings, talk: Talk) -> Html:
    """Return the facts of one manifest."""
    facts = found.manifest
    name = safe_name(found.name)
    caption = talk.say("ver.manifest", name=name)
    columns = [Column(talk.say("card.fact")), Column(talk.say("card.value"))]
    if not facts:
        return table(caption, columns, [(talk.say("ver.generation"), talk.say("ver.nowhere"))])
    states = ", ".join(
        f"{talk.known(f'consent.{state}', state)}: {talk.count(n, found.smallest)}"
        for state, n in facts["consent"].items()
    )
    rows = [
        (talk.say("ver.schema"), str(facts["schema_version"])),
        (talk.say("ver.generation"), str(facts["generation"])),
        (talk.say("ver.key"), tag("code", safe_name(facts["key_id"]))),
        (talk.say("ver.parts"), talk.count(facts["parts"])),
        (talk.say("ver.consent"), states or "–"),
    ]
    return table(caption, columns, rows)


def references(talk: Talk) -> Html:
    """Return the literature the methods stand on."""
    listed = tag("ol", *(tag("li", text, lang="en") for text in REFERENCES), class_="small")
    return tag("section", tag("h2", talk.say("h.references"), id="references"), join([listed]))
