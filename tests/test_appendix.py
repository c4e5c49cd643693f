"""Every construct of the methods page: its function, its levels, its worked value, its docstring.

The table is ours to keep: a construct without a row here is not promised, a row whose function,
level, number or worked example is missing fails.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

import supportnet as sn
from supportnet.errors import InputError
from supportnet.interactions import Attribution
from supportnet.measures import MEASURES
from supportnet.units import KEYS, STATUSES

TESTS = Path(__file__).parent
SHARE, COUNT, REAL = r"0 to 1|0–1", r"≥ 0|counts", r"real|ratio|≤ 1|-1 to 1"
# What a researcher may ask for beside the name: levels that these functions name themselves.
CURVES = {"survival_curve", "closure_survival"}


class Row(NamedTuple):
    """One construct: where it is made, what it is called there, and which test knows its value."""

    function: str
    levels: tuple[str, ...]
    numbers: tuple[str, ...]
    unit: str
    worked: str


NET = ("network",)
ROWS = {
    "relational share": Row(
        "relational_share", ("person", "network"),
        ("relational_share_strict", "relational_share_broad", "broadcast_share"), SHARE,
        "measures/test_relational_share.py::test_worked_example",
    ),
    "dyad census": Row(
        "dyad_census", NET, ("mutual", "asymmetric", "null"), COUNT,
        "measures/test_reciprocity.py::test_worked_graph",
    ),
    "edge reciprocity and its variants": Row(
        "reciprocity", ("tie", "person", "group", "network"),
        ("edge_reciprocity", "dyad_reciprocity", "dyadic", "recip_lrr", "rho",
         "weighted_reciprocity"), SHARE,
        "measures/test_reciprocity.py::test_worked_graph",
    ),
    "weighted reciprocity beyond strengths": Row(
        "reciprocity", NET, ("weighted_reciprocity",), REAL,
        "measures/test_reciprocity.py::test_weighted_null_and_its_adjustment",
    ),
    "tie balance, signed, excess": Row(
        "tie_balance", ("tie", "person", "group"), ("balance", "expected", "excess"), SHARE,
        "measures/test_tie_balance.py::test_worked_expectations",
    ),
    "initiation balance": Row(
        "initiation_balance", ("tie", "direction"), (), r"-1 to 1",
        "measures/test_tie_balance.py::test_worked_initiation",
    ),
    "giving first": Row(
        "give_first", ("person", "tie"), (), r"-1 to 1",
        "measures/test_tie_balance.py::test_worked_giving",
    ),
    "time to reciprocate": Row(
        "time_to_reciprocate", ("direction", "network"), (), r"hours",
        "measures/test_tie_balance.py::test_curve_of_first_contacts",
    ),
    "transitivity, directed transitivity": Row(
        "triadic_closure", NET,
        ("transitivity", "directed_transitivity", "closed_fraction", "opsahl_clustering",
         "average_clustering_defined", "average_clustering_zero"), SHARE,
        "measures/test_closure.py::test_g5_as_published",
    ),
    "local and weighted clustering": Row(
        "local_clustering", ("person", "network"), (), SHARE,
        "measures/test_closure.py::test_g5_local_clustering",
    ),
    "triad census": Row(
        "triad_census", NET, ("003", "111U", "300"), COUNT,
        "measures/test_census.py::test_g5_as_published",
    ),
    "Simmelian share": Row(
        "simmelian_share", ("tie", "network"), (), SHARE,
        "measures/test_census.py::test_simmelian_ties_as_published",
    ),
    "balance share": Row(
        "balance_share", NET, ("balance_share", "+++", "+--", "++-", "---"), SHARE,
        "measures/test_signs.py::test_the_four_patterns",
    ),
    "time to closure, closure hazard": Row(
        "closure_times", NET, ("closure_probability", "closure_hazard", "closed_share"),
        r"per wedge-day", "measures/test_closure_time.py::test_toy_w_as_published",
    ),
    "cyclic and focal bias": Row(
        "closure_bias", NET, ("cyclic_bias", "focal_bias", "log_odds_interaction"), r"ratios",
        "measures/test_closure_bias.py::test_twelve_in_four_thousand_against_nine_in_ninety_thousand",
    ),
    "temporal motifs": Row(
        "temporal_motifs", NET, ("feed_forward", "cycle"), r"≥ 0",
        "measures/test_motifs.py::test_toy_as_published",
    ),
    "private share": Row(
        "private_share", ("direction", "tie", "person", "group", "network"), (), SHARE,
        "measures/test_private_share.py::test_worked_triad_at_every_level",
    ),
    "private share, broadcasts included": Row(
        "private_share_all", ("person",), (), SHARE,
        "measures/test_private_share.py::test_share_of_everything_counts_broadcasts",
    ),
    "distance to the norm, ratio fidelity": Row(
        "norm_distance", ("tie", "group"), ("norm_distance", "ratio_fidelity"), SHARE,
        "measures/test_private_share.py::test_worked_distances",
    ),
    "equivalence to the norm": Row(
        "norm_equivalence", ("tie", "group", "network"), (), SHARE,
        "measures/test_private_share.py::test_worked_equivalence_of_a_set_of_dyads",
    ),
    "visibility entropy": Row(
        "visibility_entropy", tuple(KEYS),
        ("visibility_entropy", "visibility_entropy_normalised"), r"bits",
        "measures/test_private_share.py::test_worked_entropies",
    ),
    "private share over time": Row(
        "private_share_over_time", ("tie",), (), SHARE,
        "measures/test_private_share.py::test_windows_below_ten_messages_are_undefined",
    ),
    "drift from the norm": Row(
        "private_share_drift", ("tie",), (), r"days",
        "measures/test_private_share.py::test_drift_needs_two_windows_in_a_row",
    ),
    "trend of the private share": Row(
        "private_share_trend", ("network", "group"), (), r"log odds",
        "measures/test_private_share_trend.py::test_ties_of_strangers_are_clusters_of_their_own",
    ),
    "reply latency, active latency": Row(
        "reply_latency", ("direction", "tie", "person", "group", "network"),
        ("median", "rmst", "rmst_observed", "rate_1h", "rate_8h", "rate_24h", "rate_72h"),
        r"hours", "measures/test_latency.py::test_the_worked_example",
    ),
    "waiting, re-prompts": Row(
        "waiting", ("direction", "tie", "person", "group"),
        ("waiting_compliance", "reprompt_incidence_24h", "reprompt_rate"), r"per hour",
        "measures/test_waiting.py::test_the_worked_example",
    ),
    "continuity, longest silence, breaks": Row(
        "chain_continuity", ("tie", "person", "group"),
        ("continuity", "longest_run", "longest_silence", "breaks"), r"hours",
        "measures/test_continuity.py::test_the_worked_example",
    ),
    "availability": Row(
        "availability", ("person",), (), SHARE,
        "measures/test_availability.py::test_sixty_days_of_eighty_four",
    ),
    "tie survival, triad spread": Row(
        "tie_survival", (), (), SHARE,
        "measures/test_migration.py::test_six_ties_four_at_risk_three_back",
    ),
}  # fmt: skip
TABLES = {
    "latency_sensitivity": "measures/test_latency_sensitivity.py::test_the_worked_example",
    "reciprocity_sensitivity": "measures/test_reciprocity.py::test_worked_graph",
    "closure_sensitivity": "measures/test_closure.py::test_g5_definitions_side_by_side",
}
LEVELS = [(name, level) for name, row in ROWS.items() for level in row.levels]
CALLABLE = sorted({row.function for row in ROWS.values() if row.levels} | set(TABLES))


@cache
def tiny() -> sn.Community:
    """Return a week of talk among five persons, private and public."""
    rows = []
    for day in range(7):
        for one, two in (("a", "b"), ("b", "c"), ("a", "c"), ("c", "d")):
            for hour, (sender, recipient) in ((9, (one, two)), (11, (two, one))):
                rows += [
                    (sender, recipient, 24 * day + hour + k / 9, "private_1to1") for k in (0, 1)
                ]
        rows.append(("a", "e", 24 * day + 13, "public"))
        rows.append(("e", "b", 24 * day + 14, "public"))
        rows.append(("b", "a", 24 * day + 15, "public"))
    table = pd.DataFrame(rows, columns=["sender", "recipient", "hour", "visibility"])
    table["time"] = pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(table.pop("hour"), "h")
    return sn.from_dataframe(table, community="tiny")


@cache
def groups() -> pd.DataFrame:
    """Return one group of three of them."""
    ids = tiny().id_map().set_index("id")["person_id"]
    return pd.DataFrame(
        {"community": "tiny", "kind": "twinome", "group": 0, "person": [ids[x] for x in "abc"]}
    )


def call(
    name: str, community: sn.Community, level: str | None = None, **options: object
) -> pd.DataFrame:
    """Call a measure at a level, with groups where it needs them."""
    if level is not None:
        options["level"] = level
    if level == "group":
        options.setdefault("groups", groups())
    function: Callable[..., pd.DataFrame] = getattr(sn, name)
    return function(community, **options)


# --- what the table promises ----------------------------------------------------------------------


@pytest.mark.parametrize("name", ROWS)
def test_a_construct_has_a_worked_value(name: str) -> None:
    place, test = ROWS[name].worked.split("::")
    tree = ast.parse((TESTS / place).read_text(encoding="utf-8"))
    assert test in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_no_public_measure_is_missing_here() -> None:
    here = {row.function for row in ROWS.values()} | set(TABLES) | CURVES
    assert set(MEASURES) - here == set()
    assert here - set(sn.__all__) == set()


@pytest.mark.parametrize(("name", "level"), LEVELS)
def test_a_level_returns_its_units(name: str, level: str) -> None:
    row = ROWS[name]
    table = call(row.function, tiny(), level)
    assert not table.empty
    assert {*KEYS[level], "value", "n", "status"} <= set(table.columns)
    assert set(table["status"].astype(str)) <= set(STATUSES)
    defined = table["status"].astype(str).isin(["ok", "empty"]) & table["value"].notna()
    # Undefined is NaN with a reason, and what is ok is defined.
    assert table.loc[table["status"].astype(str) == "ok", "value"].notna().all()
    assert table.loc[~defined, "value"].isna().all()
    assert pd.api.types.is_integer_dtype(table["n"].dtype)


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.numbers])
def test_every_number_is_returned_at_some_level(name: str) -> None:
    row = ROWS[name]
    found: set[str] = set()
    for level in row.levels:
        found |= set(call(row.function, tiny(), level)["measure"].astype(str))
    assert set(row.numbers) - found == set()


# --- what the pages say ---------------------------------------------------------------------------

# The private share under another name or per stretch: its own page names the sources.
OF_OTHERS = {"private_share_all", "private_share_over_time", "private_share_drift"}


@pytest.mark.parametrize("name", sorted({row.function for row in ROWS.values()} | set(TABLES)))
def test_a_page_says_what_a_reviewer_asks(name: str) -> None:
    page = inspect.getdoc(getattr(sn, name)) or ""
    for section in ("Parameters", "Returns", "Raises", "Notes", "Examples"):
        assert f"\n{section}\n{'-' * len(section)}\n" in page, section
    assert ">>> " in page.split("\nExamples\n")[1]
    assert "NaN" in page
    assert re.search(r"not_identified|not identified", page)
    if name not in OF_OTHERS and "no earlier definition is claimed" not in page:
        assert "\nReferences\n" in page


@pytest.mark.parametrize("name", ROWS)
def test_a_page_names_unit_and_range(name: str) -> None:
    page = inspect.getdoc(getattr(sn, ROWS[name].function)) or ""
    assert re.search(ROWS[name].unit, page.split("\nReturns\n")[1].split("\nRaises\n")[0])


@pytest.mark.parametrize("name", sorted({row.function for row in ROWS.values()} | set(TABLES)))
def test_sources_carry_a_doi_or_a_journal(name: str) -> None:
    page = inspect.getdoc(getattr(sn, name)) or ""
    if "\nReferences\n" not in page:
        return
    sources = page.split("\nReferences\n----------\n")[1].split("\n\n")[0]
    assert re.search(r"doi:10\.\d{4,}/\S+|, \w[\w .]+ \d+(\(\d+\))?[:, ]", sources), sources


# --- bad input names what is valid ----------------------------------------------------------------

BAD: dict[str, tuple[object, str]] = {
    "level": ("nowhere", r"level must be one of "),
    "layer": ("secret", r"layer must be one of .*private.*; found 'secret'"),
    "projection": ("both", r"projection must be one of union, mutual; found 'both'"),
    "people": ("some", r"people must be one of active, all; found 'some'"),
    "horizon": ("soon", r"horizon .*found"),
    "burst": ("soon", r"burst .*found"),
    "silence": ("soon", r"silence .*found"),
    "window": ("soon", r"window .*found"),
    "bin": ("soon", r"bin .*found"),
    "burn_in": ("soon", r"burn_in .*found"),
    "tau": ("soon", r"tau .*found"),
    "delta": ("soon", r"delta .*found"),
    "step": ("soon", r"step .*found"),
    "dissolve": ("soon", r"dissolve .*found"),
    "anchor": ("middle", r"anchor must be one of .*; found 'middle'"),
    "clock": ("sun", r"clock must be one of raw, active; found 'sun'"),
    "on": ("words", r"on must be one of starts, messages, posts; found 'words'"),
    "weights": ("gold", r"weights must be one of .*; found 'gold'"),
    "semi_public": ("half", r"semi_public must be one of private, public; found 'half'"),
    "group_messages": ("some", r"group_messages must be one of .*; found 'some'"),
    "version": ("late", r"version must be one of ties, newcomer; found 'late'"),
    "by": ("moon", r"by must be one of .*; found 'moon'"),
    "null": ("none", r"null must be one of .*; found 'none'"),
    "null_draws": (-1, r"null_draws must be 0 or more; found -1"),
    "presence": ("here", r"presence must be one of seen, span; found 'here'"),
    "model": ("probit", r"model must be one of none, logit; found 'probit'"),
    "measures": (["speed"], r"measures must be one of .*; found 'speed'"),
    "k": (4, r"k must be 3"),
    "m": (0, r"m must be above 0; found 0"),
    "target": (2.0, r"target .*between 0 and 1"),
    "margin": (-0.1, r"margin"),
    "alpha": (2.0, r"alpha"),
    "low": (0.95, r"0 <= low < high <= 1"),
    "signs": (pd.DataFrame({"lo": [0]}), r"signs need columns lo, hi, sign; found lo"),
    "foci": (pd.DataFrame({"room": [0]}), r"foc.*focus.*found room"),
}
#: Parameters whose every value is fine, or that are checked with another one.
FREE = {
    "attribution", "groups", "seed", "replicates", "directed", "largest_focus", "strict", "code",
    "threshold", "min_messages", "high", "null_draws",
}  # fmt: skip


def options_of(name: str) -> list[str]:
    return list(inspect.signature(getattr(sn, name)).parameters)[1:]


@pytest.mark.parametrize(
    ("name", "option"),
    [(n, o) for n in [*CALLABLE, *sorted(CURVES)] for o in options_of(n) if o in BAD],
)
def test_a_wrong_word_names_the_right_ones(name: str, option: str) -> None:
    value, said = BAD[option]
    options: dict[str, object] = {option: value}
    if option == "foci":
        options |= {"by": "focus"} if "by" in options_of(name) else {}
    if name == "survival_curve" and option == "by":
        options["groups"] = groups()
    with pytest.raises(InputError, match=said) as error:
        call(name, tiny(), **options)
    assert str(error.value).count("\n") == 0


@pytest.mark.parametrize("name", CALLABLE)
def test_every_option_is_tried(name: str) -> None:
    assert set(options_of(name)) - set(BAD) - FREE == set()


@pytest.mark.parametrize("name", [n for n in CALLABLE if "groups" in options_of(n)])
def test_groups_of_another_shape_are_named(name: str) -> None:
    with pytest.raises(InputError, match=r"level='group' needs groups=; found none"):
        call(name, tiny(), level="group", groups=None)
    bare = groups().drop(columns="person")
    with pytest.raises(InputError, match=r"groups need columns .*found community, kind, group"):
        call(name, tiny(), level="group", groups=bare)
    far = groups().assign(community="elsewhere")
    with pytest.raises(InputError, match=r"groups of community 'tiny' were expected; found only"):
        call(name, tiny(), level="group", groups=far)


@pytest.mark.parametrize("name", [*CALLABLE, *sorted(CURVES)])
def test_an_unknown_attribution_is_named_where_it_is_made(name: str) -> None:
    if "attribution" not in options_of(name):
        return
    with pytest.raises(InputError, match="must be one of"):
        call(name, tiny(), attribution=Attribution(group="everyone"))


# --- archives that cannot show it -----------------------------------------------------------------


@cache
def silent_about_private() -> sn.Community:
    """Return a public dump: nothing private was in reach of it."""
    rows = pd.DataFrame({"sender": list("abcab"), "recipient": list("babca"), "time": range(5)})
    return sn.from_dataframe(rows, unit="s", visibility="public", community="tiny")


@pytest.mark.parametrize(("name", "level"), LEVELS)
def test_nothing_is_computed_where_nothing_private_can_be_seen(name: str, level: str) -> None:
    row = ROWS[name]
    table = call(row.function, silent_about_private(), level)
    if not table.empty:
        assert set(table["status"].astype(str)) <= {"not_identified", "empty"}
    if level == "network" and row.function != "balance_share":
        assert set(table["status"].astype(str)) == {"not_identified"}
    assert not np.isfinite(table["value"][table["status"].astype(str) == "not_identified"]).any()
