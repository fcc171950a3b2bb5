"""Facts to drivers to likelihood times impact, residual risk and effort."""
