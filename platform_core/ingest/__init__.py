"""Bytes to tables: encoding, dialect, header row, strict scan, Parquet, quarantine, workbooks."""

from platform_core.ingest.delimiter import DELIMITERS
from platform_core.ingest.encoding import ENCODINGS
from platform_core.ingest.preview import Preview, preview
from platform_core.ingest.reader import read

__all__ = ["DELIMITERS", "ENCODINGS", "Preview", "preview", "read"]
