"""Intervals, tests, survival, equivalence and power: knows numbers, not messages.

Numpy arrays go in, frozen records come out. An undefined value is NaN with a status, never 0.
"""

from supportnet.inference.betabinomial import (
    BetaBinomialFit,
    BetaBinomialMoments,
    betabinomial_ml,
    betabinomial_moments,
)
from supportnet.inference.calibration import CalibrationRow, calibrate
from supportnet.inference.competing import (
    CumulativeIncidence,
    LogRank,
    cumulative_incidence,
    logrank,
)
from supportnet.inference.cox import cox_regression
from supportnet.inference.curve_intervals import SurvivalIntervals, survival_intervals
from supportnet.inference.dyadic import dyadic_interval, dyadic_variance, person_jackknife_se
from supportnet.inference.effects import cliffs_delta, hodges_lehmann
from supportnet.inference.equivalence import (
    DIFFERENT,
    EQUIVALENT,
    INCONCLUSIVE,
    Equivalence,
    tost_binomial,
    tost_mean,
    verdict_of,
)
from supportnet.inference.equivalence_power import tost_binomial_power, tost_power
from supportnet.inference.exact import (
    binomial_p,
    clopper_pearson,
    expected_balance,
    poisson_rate_ratio,
)
from supportnet.inference.grouped import (
    GroupedIncidence,
    GroupedSurvival,
    incidence_by_group,
    rmst_by_group,
    rmst_of_groups,
)
from supportnet.inference.intervals import pooled_ratio, t_interval, wilson
from supportnet.inference.multiplicity import benjamini_hochberg, holm
from supportnet.inference.panel import panel_logit
from supportnet.inference.permutation import component_contrast, sign_flip, two_sample
from supportnet.inference.power import power, power_two_sample, units_per_arm
from supportnet.inference.resampling import cluster_bootstrap, jackknife, ratio_of_sums
from supportnet.inference.restricted import RestrictedMean
from supportnet.inference.result import (
    ALL_CENSORED,
    EMPTY,
    NOT_IDENTIFIED,
    OK,
    STATUSES,
    SUPPRESSED,
    TOO_FEW_UNITS,
    ZERO_DENOMINATOR,
    Estimate,
    undefined,
)
from supportnet.inference.stratified import PermutationTest
from supportnet.inference.survival import SurvivalCurve, kaplan_meier, km_binned
from supportnet.inference.vertex import DYAD_STATISTICS, DyadCounts, vertex_bootstrap

__all__ = [
    "ALL_CENSORED",
    "DIFFERENT",
    "DYAD_STATISTICS",
    "EMPTY",
    "EQUIVALENT",
    "INCONCLUSIVE",
    "NOT_IDENTIFIED",
    "OK",
    "STATUSES",
    "SUPPRESSED",
    "TOO_FEW_UNITS",
    "ZERO_DENOMINATOR",
    "BetaBinomialFit",
    "BetaBinomialMoments",
    "CalibrationRow",
    "CumulativeIncidence",
    "DyadCounts",
    "Equivalence",
    "Estimate",
    "GroupedIncidence",
    "GroupedSurvival",
    "LogRank",
    "PermutationTest",
    "RestrictedMean",
    "SurvivalCurve",
    "SurvivalIntervals",
    "benjamini_hochberg",
    "betabinomial_ml",
    "betabinomial_moments",
    "binomial_p",
    "calibrate",
    "cliffs_delta",
    "clopper_pearson",
    "cluster_bootstrap",
    "component_contrast",
    "cox_regression",
    "cumulative_incidence",
    "dyadic_interval",
    "dyadic_variance",
    "expected_balance",
    "hodges_lehmann",
    "holm",
    "incidence_by_group",
    "jackknife",
    "kaplan_meier",
    "km_binned",
    "logrank",
    "panel_logit",
    "person_jackknife_se",
    "poisson_rate_ratio",
    "pooled_ratio",
    "power",
    "power_two_sample",
    "ratio_of_sums",
    "rmst_by_group",
    "rmst_of_groups",
    "sign_flip",
    "survival_intervals",
    "t_interval",
    "tost_binomial",
    "tost_binomial_power",
    "tost_mean",
    "tost_power",
    "two_sample",
    "undefined",
    "units_per_arm",
    "verdict_of",
    "vertex_bootstrap",
    "wilson",
]
