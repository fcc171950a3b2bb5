"""An open loop: requests begin when they are due, whatever became of those before, and are timed from that moment."""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import httpx

from tests.perf.load.questions import Question

MILLI = 1000.0
PATIENCE_SECONDS = 30.0
AT_ONCE = 200


@dataclass(frozen=True)
class Paced:
    """Milliseconds from when a request was due to its last byte, for the requests of one question."""

    name: str
    requests: int
    failed: int
    median: float
    p95: float
    longest: float


async def pace(
    address: str, secret: str, asked: Sequence[Question], per_second: float, requests: int, seed: int
) -> list[Paced]:
    """Send `requests` to the API at `address`, evenly `per_second`, each drawn by the shares of the questions.

    The last line returned is of all requests together.
    """
    drawn = random.Random(seed).choices(asked, [question.share for question in asked], k=requests)
    turns: dict[str, int] = defaultdict(int)
    times: dict[str, list[float]] = defaultdict(list)
    failed: dict[str, int] = defaultdict(int)
    async with _client(address, secret) as client:

        async def send(name: str, path: str, due: float) -> None:
            try:
                answer = await client.get(path)
                fault = "" if answer.status_code == 200 else f"{answer.status_code} {answer.text}"
            except httpx.HTTPError as error:
                fault = repr(error)
            if fault:
                sys.stderr.write(f"{path}: {fault}\n")
            times[name].append(MILLI * (time.perf_counter() - due))
            failed[name] += bool(fault)

        started, under_way = time.perf_counter(), set[asyncio.Task[None]]()
        for number, question in enumerate(drawn):
            due = started + number / per_second
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            path = question.addresses[turns[question.name] % len(question.addresses)]
            turns[question.name] += 1
            task = asyncio.create_task(send(question.name, path, due))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
        await asyncio.gather(*under_way)
    found = [_summed(question.name, times[question.name], failed[question.name]) for question in asked]
    everything = [each for some in times.values() for each in some]
    return [*(line for line in found if line.requests), _summed("all", everything, sum(failed.values()))]


async def churn(address: str, secret: str, asked: Sequence[Question], requests: int, at_once: int, seed: int) -> int:
    """Send `requests`, `at_once` of them under way all the time; return how many were not answered 200."""
    drawn = iter(random.Random(seed).choices(asked, [question.share for question in asked], k=requests))
    failed, chance = 0, random.Random(seed + 1)

    async def send(client: httpx.AsyncClient) -> None:
        nonlocal failed
        for question in drawn:
            answer = await client.get(chance.choice(question.addresses))
            failed += answer.status_code != 200

    async with _client(address, secret) as client:
        await asyncio.gather(*(send(client) for _ in range(at_once)))
    return failed


def _client(address: str, secret: str) -> httpx.AsyncClient:
    """Return a client that lets go of a connection before the server does, which closes an idle one after 5 s."""
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE, keepalive_expiry=3.0)
    headers = {"Authorization": f"Bearer {secret}"}
    return httpx.AsyncClient(base_url=address, headers=headers, limits=limits, timeout=PATIENCE_SECONDS)


def _summed(name: str, times: Sequence[float], failed: int) -> Paced:
    if not times:
        return Paced(name, 0, failed, 0.0, 0.0, 0.0)
    ordered = sorted(times)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return Paced(name, len(times), failed, *(round(each, 1) for each in (statistics.median(times), p95, ordered[-1])))
