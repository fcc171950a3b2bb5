"""Bytes to tables: encoding, dialect, header row, strict scan, Parquet, quarantine, workbooks."""
