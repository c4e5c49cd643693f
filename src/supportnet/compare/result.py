"""The result of a comparison: a table that prints itself, with the values behind it."""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from supportnet.compare.outcomes import OUTCOMES, Outcome
from supportnet.inference import benjamini_hochberg, holm

__all__ = ["COLUMNS", "Comparison", "adjust", "row_of"]

COLUMNS = (
    "outcome",
    "unit",
    "contrast",
    "kind",
    "compared_with",
    "estimate",
    "ci_low",
    "ci_high",
    "ci_method",
    "p_value",
    "p_adjusted",
    "adjustment",
    "cliffs_delta",
    "hodges_lehmann",
    "n_units",
    "n_ties_first",
    "n_ties_other",
    "n_events",
    "n_excluded",
    "sign_kept",
    "n_definitions",
    "seed",
    "status",
)


def row_of(outcome: Outcome, kind: str, other: str, contrast: str, seed: int) -> dict[str, Any]:
    """Return the columns that name a contrast."""
    return {
        "outcome": outcome.name,
        "unit": outcome.unit,
        "kind": kind,
        "compared_with": other,
        "contrast": contrast,
        "seed": seed,
        "sign_kept": np.nan,
        "n_definitions": 0,
    }


def adjust(table: pd.DataFrame) -> pd.DataFrame:
    """Add p values adjusted for the number of outcomes: Holm (primary), else BH (exploratory)."""
    table = table.copy()
    table["p_adjusted"] = np.nan
    primary = table["outcome"].map(lambda name: OUTCOMES[name].primary).astype(bool)
    table["adjustment"] = np.where(primary, "Holm", "Benjamini-Hochberg (exploratory)")
    for family, method in ((primary, holm), (~primary, benjamini_hochberg)):
        for _, rows in table[family & table["p_value"].notna()].groupby("compared_with"):
            table.loc[rows.index, "p_adjusted"] = method(rows["p_value"].to_numpy())
    return table.reindex(columns=list(COLUMNS))


@dataclass(frozen=True, eq=False)
class Comparison:
    """Differences between kinds of groups.

    Attributes
    ----------
    table
        One row per outcome and pair of kinds; `estimate`, `ci_low`, `ci_high` in column `unit`.
    values
        The tie values behind it: `outcome`, `community`, `kind`, `group`, `lo`, `hi`, `value`, `n`.
    windows
        `community`, `start_us`, `end_us` (µs UTC): where outcomes were measured.
    """

    table: pd.DataFrame
    values: pd.DataFrame = field(repr=False)
    windows: pd.DataFrame = field(repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Return the table, exclusions written out as `reason=n`."""
        table = self.table.copy()
        table["n_excluded"] = [
            "; ".join(f"{reason}={n}" for reason, n in counts.items())
            for counts in table["n_excluded"]
        ]
        return table

    def _shown(self) -> pd.DataFrame:
        """Return the columns that fit a page."""
        table = self.table
        interval = [
            "none" if np.isnan(low) else f"{low:.3g} to {high:.3g}"
            for low, high in zip(table["ci_low"], table["ci_high"], strict=True)
        ]
        return pd.DataFrame(
            {
                "outcome": table["outcome"] + " (" + table["unit"] + ")",
                "difference": table["kind"] + " - " + table["compared_with"],
                "estimate": table["estimate"].round(4),
                "95 % interval": interval,
                "p": table["p_value"].round(4),
                "p adjusted": table["p_adjusted"].round(4),
                "independent units": table["n_units"],
                "method": table["contrast"] + ", " + table["ci_method"],
                "sign kept": table["sign_kept"].round(2),
                "status": table["status"],
            }
        )

    def __repr__(self) -> str:
        return self._shown().to_string(index=False)

    def _repr_html_(self) -> str:
        shown = self._shown()
        head = "".join(f"<th>{html.escape(str(name))}</th>" for name in shown.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape(str(v))}</td>" for v in row) + "</tr>"
            for row in shown.itertuples(index=False)
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
