"""Logs: one line an event, a reference for each failure, and nothing of what was uploaded."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_core.errors import BadInput
from platform_core.logging import JsonFormatter, KeyValueFormatter, configure, new_reference, report, saying

FIELD = re.compile(r'(\w+)=("(?:[^"\\]|\\.)*"|\S+)')


@pytest.fixture(autouse=True)
def loggers_as_before() -> Iterator[None]:
    """Give the loggers back the way they were."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:], root.level = handlers, level


def logged(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().err.splitlines()


def test_an_event_is_one_line_with_its_fields(capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO")
    logging.getLogger("platform_core.tests").info("import done", extra={"rows": 12, "sheet": "Server list"})
    (line,) = logged(capsys)
    assert 'level=info logger=platform_core.tests event="import done" rows=12 sheet="Server list"' in line
    assert re.match(r"time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00 ", line)


@given(text=st.text(), value=st.text())
def test_whatever_is_logged_is_one_line_from_which_it_can_be_read_back(text: str, value: str) -> None:
    record = logging.makeLogRecord({"name": "x", "msg": "%s", "args": (text,), "levelname": "INFO", "field": value})
    line = KeyValueFormatter().format(record)
    assert line.isascii()
    assert line.isprintable()
    fields = [(name, json.loads(read) if read.startswith('"') else read) for name, read in FIELD.findall(line)]
    assert [name for name, _ in fields] == ["time", "level", "logger", "event", "field"]
    assert dict(fields)["event"] == text
    assert dict(fields)["field"] == value


@given(text=st.text(), value=st.text() | st.integers() | st.booleans() | st.none())
def test_as_json_too_and_numbers_stay_numbers(text: str, value: object) -> None:
    record = logging.makeLogRecord({"name": "x", "msg": "%s", "args": (text,), "levelname": "INFO", "field": value})
    line = JsonFormatter().format(record)
    assert line.isascii()
    assert line.isprintable()
    assert list(json.loads(line)) == ["time", "level", "logger", "event", "field"]
    assert (json.loads(line)["event"], json.loads(line)["field"]) == (text, value)


def test_the_setting_chooses_the_form_and_what_is_no_number_in_json_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO", "json")
    with saying(run=7):
        logging.getLogger("x").info("done", extra={"share": float("nan")})
    (line,) = logged(capsys)
    told = json.loads(line)
    assert (told["event"], told["run"], told["share"]) == ("done", 7, "nan")


def test_lines_carry_what_the_work_around_them_says_and_an_inner_word_wins(capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO")
    log = logging.getLogger("x")
    with saying(reference="AAAA-AAAA", run=1):
        with saying(run=2, step="read"):
            log.info("inside")
        log.info("after")
    log.info("outside")
    inside, after, outside = logged(capsys)
    assert inside.endswith("reference=AAAA-AAAA run=2 step=read")
    assert after.endswith("reference=AAAA-AAAA run=1")
    assert outside.endswith("event=outside")


def test_an_error_is_known_by_one_reference_wherever_it_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO")
    error = _failure_over("payroll-db-01")
    with saying(reference="AAAA-AAAA"):
        assert report(error, "run failed") == "AAAA-AAAA"
    assert report(error, "script error") == "AAAA-AAAA"
    assert all("reference=AAAA-AAAA" in line for line in logged(capsys))


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("level", ["INFO", "DEBUG"])
def test_secrets_are_struck_out_whatever_is_logged(capsys: pytest.CaptureFixture[str], level: str, form: str) -> None:
    token = "amw_" + "Zq3-" * 10
    configure(level, form, ["pa:ss word", "pa%3Ass%20word", ""])
    logging.getLogger("x").warning("refused pa:ss word", extra={"at": "postgresql://ana:pa%3Ass%20word@db/w"})
    report(ValueError(f"no access with {token} and pa:ss word"), "request failed")
    told = capsys.readouterr().err
    assert told.count("[secret]") == (4 if level == "DEBUG" else 2)
    assert not any(secret in told for secret in (token, "pa:ss", "pa%3Ass"))


def test_a_failure_is_logged_with_its_reference_its_kind_and_where_it_happened(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure("INFO")
    reference = report(_failure_over("payroll-db-01"), "script error", page="upload")
    (line,) = logged(capsys)
    assert f"reference={reference}" in line
    assert "page=upload" in line
    assert 'error="ValueError from KeyError"' in line
    assert "_failure_over" in line
    assert "payroll-db-01" not in line


def test_the_text_of_our_own_errors_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO")
    report(BadInput("The file is empty.", hint="Export it again."), "script error")
    (line,) = logged(capsys)
    assert "BadInput: The file is empty. Export it again." in line


def test_the_whole_text_is_there_for_who_asks_for_it(capsys: pytest.CaptureFixture[str]) -> None:
    configure("DEBUG")
    report(_failure_over("payroll-db-01"), "script error")
    assert "payroll-db-01" in logged(capsys)[-1]


def test_the_screen_server_reports_an_uncaught_error_through_us_only(capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO")
    theirs = logging.getLogger("streamlit.error_util")
    theirs.error("Uncaught app execution", exc_info=_failure_over("payroll-db-01"))
    theirs.error("on_script_error handler raised an exception")
    (line,) = logged(capsys)
    assert "handler raised" in line


def test_references_can_be_read_out_and_differ() -> None:
    references = {new_reference() for _ in range(200)}
    assert len(references) == 200
    assert all(re.fullmatch(r"[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}", reference) for reference in references)


def _failure_over(cell: str) -> ValueError:
    try:
        _look_up(cell)
    except ValueError as error:
        return error
    raise AssertionError("the cell was found")


def _look_up(cell: str) -> None:
    try:
        {}[cell]
    except KeyError as cause:
        raise ValueError(f"cannot use {cell}") from cause
