"""What a file is, recognised by its content; its name says nothing."""

from __future__ import annotations

import mmap
import re
import stat
import zipfile
import zlib
from pathlib import Path

from platform_core.domain.reading import FileFormat, ReadLimits
from platform_core.ingest import refusals

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""OLE2 compound file: an old .xls, or any Office document protected by a password."""

_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
"""Name of the stream that holds an encrypted .xlsx, .xlsm or .xlsb ([MS-OFFCRYPTO] 2.3.4.4)."""
_FILEPASS = re.compile(rb"\x09\x08\x10\x00\x00\x06\x05\x00.{12}(?:\x86\x00\x00\x00)?\x2f\x00", re.DOTALL)
"""An encrypted .xls: record FILEPASS right after the workbook's BOF and a possible WriteProtect ([MS-XLS] 2.1.7.20)."""

_OTHER_KINDS = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"{\\rtf", "a text document"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3\0", "a database"),
)
_ARCHIVES = (b"\x1f\x8b", b"BZh", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"\xfd7zXZ")
_MARKUP = (
    (re.compile(r"<!doctype html|<html|<table", re.IGNORECASE), "a web page"),
    (re.compile(r"<\?xml|<!doctype", re.IGNORECASE), "an XML document"),
    (re.compile(r'\{\s*"|\[\s*\{\s*"'), "a JSON document"),
)

_MAGIC = 32
_MANIFEST = 64 * 1024
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x19\x1c-\x1f]")
_MOST_CONTROL = 0.01
_FEW_CONTROL = 10
"""Share and number of control characters beyond which a file is not text; compressed data has about 10 %."""
_MOST_NUL = 0.5
"""Share of NUL characters beyond which a file is not text; files padded with NULs hold more text than padding."""

MOST_ENTRIES = 10_000
MOST_UNPACKED = 1024 * 1024 * 1024
MOST_RATIO = 200
_SMALL_ARCHIVE = 16 * 1024 * 1024
"""Limits of a workbook's archive. 10 million full cells unpack to about 0.5 GB at a ratio of 10; deflate's utmost,
used by bombs, is 1,030. Below 16 MB unpacked no ratio does harm."""


def recognise(path: Path, name: str, limits: ReadLimits) -> FileFormat:
    """Return whether the file is a workbook or what may be delimited text.

    Raises BadInput when it is empty, too large, or something else altogether. Reads the first bytes; of an archive also
    the directory, and once through its entries to see that they are as long as they claim.
    """
    size = path.stat().st_size
    if size == 0:
        raise refusals.empty(name)
    if size > limits.max_bytes:
        raise refusals.too_large(name, limits.max_bytes)
    with path.open("rb") as file:
        start = file.read(_MAGIC)
    if start.startswith(_ZIP):
        _check_archive(path, name, size)
        return FileFormat.EXCEL
    if start.startswith(_COMPOUND):
        _check_compound(path, name)
        return FileFormat.EXCEL
    for magic, kind in _OTHER_KINDS:
        if start.startswith(magic):
            raise refusals.not_a_table(name, kind)
    if start.startswith(_ARCHIVES):
        raise refusals.packed(name)
    return FileFormat.CSV


def check_text(start: str, name: str) -> None:
    """Raise BadInput when the beginning of a text, decoded, is markup or no text at all."""
    opening = start.lstrip()[:200]
    for pattern, kind in _MARKUP:
        if pattern.match(opening):
            raise refusals.not_a_table(name, kind)
    control = len(_CONTROL.findall(start))
    if control > max(_FEW_CONTROL, _MOST_CONTROL * len(start)) or start.count("\0") > _MOST_NUL * len(start):
        raise refusals.not_a_table(name, "a binary file")


def _check_compound(path: Path, name: str) -> None:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if content.find(_ENCRYPTED_PACKAGE) >= 0 or _FILEPASS.search(content):
            raise refusals.protected(name)


def _check_archive(path: Path, name: str, size: int) -> None:
    """Refuse an archive that is no workbook, is encrypted, points outside itself or unpacks to too much."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if any(entry.flag_bits & 1 for entry in entries) or _is_encrypted_document(archive):
                raise refusals.protected(name)
            _check_contents({entry.filename.replace("\\", "/").lower() for entry in entries}, name)
            if any(_points_outside(entry) for entry in entries):
                raise refusals.unsafe_archive(name)
            unpacked = sum(entry.file_size for entry in entries)
            too_dense = unpacked > _SMALL_ARCHIVE and unpacked > MOST_RATIO * size
            if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED or too_dense:
                raise refusals.swollen(name)
            if archive.testzip() is not None:
                raise refusals.damaged(name)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise refusals.damaged(name) from error


def _is_encrypted_document(archive: zipfile.ZipFile) -> bool:
    """Whether an OpenDocument's manifest says that its parts are encrypted (OpenDocument 1.3, part 2, 4.4)."""
    try:
        with archive.open("META-INF/manifest.xml") as manifest:
            return b"encryption-data" in manifest.read(_MANIFEST)
    except KeyError:
        return False


def _check_contents(names: set[str], name: str) -> None:
    if names & {"xl/workbook.xml", "xl/workbook.bin"} or {"mimetype", "content.xml"} <= names:
        return
    if "word/document.xml" in names:
        raise refusals.not_a_table(name, "a text document")
    if "ppt/presentation.xml" in names:
        raise refusals.not_a_table(name, "a presentation")
    raise refusals.packed(name)


def _points_outside(entry: zipfile.ZipInfo) -> bool:
    parts = entry.filename.replace("\\", "/").split("/")
    return ".." in parts or entry.filename.startswith("/") or stat.S_ISLNK(entry.external_attr >> 16)
