"""Risk of moving an application and the effort it takes, both traced to named drivers."""

from platform_core.risk.assessment import assess_risk, band_of
from platform_core.risk.effort import effort
from platform_core.risk.model import Drivers, load_drivers

__all__ = ["Drivers", "assess_risk", "band_of", "effort", "load_drivers"]
