"""The same pairs under every definition of reciprocity that is in use."""

from __future__ import annotations

import numpy as np
import pandas as pd

from supportnet.community import Community
from supportnet.interactions import Attribution
from supportnet.measures.exchange.reciprocity import network_of
from supportnet.measures.exchange.dyads import STATISTICS, counts_of, status_of
from supportnet.units import finish

__all__ = ["reciprocity_sensitivity"]
