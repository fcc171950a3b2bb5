"""Products and how long their makers support them."""

from platform_core.lifecycle.products import Products, load_products
from platform_core.lifecycle.recognise import all_support_in, support_of
from platform_core.lifecycle.refresh import LifecycleChange, Refreshed, read_newer, refresh
from platform_core.lifecycle.snapshot import Snapshot, read_snapshot, write_snapshot

__all__ = [
    "LifecycleChange",
    "Products",
    "Refreshed",
    "Snapshot",
    "all_support_in",
    "load_products",
    "read_newer",
    "read_snapshot",
    "refresh",
    "support_of",
    "write_snapshot",
]
