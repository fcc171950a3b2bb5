"""Every way in which a model's endpoint is known to fail, with the cause that people are told."""

from __future__ import annotations

from platform_core.domain.model_calls import Cause
from tests.harness.model_server import Says, Script, always, answer, saying, tool_call

FAULTS: dict[str, tuple[Script, Cause]] = {
    "prose": (saying("I would say hostname."), Cause.UNUSABLE),
    "bad json": (saying('{"items": [{"id": '), Cause.UNUSABLE),
    "react": (saying("Thought: x\nAction: drop_db\nAction Input: {}"), Cause.UNUSABLE),
    "refusal": (saying("I'm sorry, I can't help with that."), Cause.UNUSABLE),
    "empty": (saying(""), Cause.UNUSABLE),
    "null": (saying(None), Cause.UNUSABLE),
    "cut at the limit": (saying('{"items": [', finish="length"), Cause.UNUSABLE),
    "tool call": (always(Says(tool_call("drop_db", "{}"))), Cause.UNUSABLE),
    "broken tool arguments": (always(Says(tool_call("drop_db", '{"name": '))), Cause.UNUSABLE),
    "invented values": (saying('{"items": [{"id": "i1", "field": "no_such_field"}]}'), Cause.UNUSABLE),
    "strange ids": (saying('{"items": [{"id": "i77", "field": "owner", "because": "name"}]}'), Cause.UNUSABLE),
    "401": (always(Says("{}", status=401)), Cause.UNAUTHORISED),
    "404": (always(Says("{}", status=404)), Cause.NO_SUCH_MODEL),
    "429": (always(Says("{}", status=429, headers={"Retry-After": "0"})), Cause.OVERLOADED),
    "500": (always(Says("{}", status=500)), Cause.SERVER_ERROR),
    "503 html": (always(Says("<html>", status=503)), Cause.SERVER_ERROR),
    "200 html": (always(Says("<html>")), Cause.UNUSABLE),
    "context length": (always(Says('{"error": "maximum context length"}', status=400)), Cause.TOO_LONG),
    "silence": (always(Says(answer("x"), wait=60)), Cause.TIMED_OUT),
    "drip": (always(Says(answer("x" * 500), drip=0.2)), Cause.TIMED_OUT),
    "slow start": (always(Says(answer("x"), wait=5)), Cause.TIMED_OUT),
    "cut connection": (always(Says(answer("x" * 99), cut=30)), Cause.SERVER_ERROR),
    "2 MB": (always(Says(answer("x" * 2_000_000))), Cause.UNUSABLE),
}
