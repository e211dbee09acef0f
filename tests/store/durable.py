"""Processes that tell feedback and are killed. `python -m tests.store.durable write URL FIRST` or `… killed URL ROUNDS SECONDS`.

A call has three items, so that half a call would show. Every acknowledgement is written to a pipe after `record` has returned, and never before.
"""

import asyncio
import itertools
import json
import os
import random
import resource
import signal
import sys
import time

import alembic.command  # noqa: F401 -- loaded before the fork, so that a child is quick
import sqlalchemy.ext.asyncio  # noqa: F401

from cds.protocol.feedback import FeedbackItem
from cds.store import Store, StoreUnavailable
from tests.feedback.told import NOW, log

ITEMS = 3
SERVICE = "baclofen-order-sign"


def items(number, size=0):
    return [
        FeedbackItem(card=f"card-{number}-{each}", outcome="overridden", comment="x" * size or None)
        for each in range(ITEMS)
    ]


async def write(url, first, acknowledged):
    """Tell call after call, each until it is kept."""
    store = Store(url)
    for number in itertools.count(first):
        while True:
            try:
                await log(store).record("north", SERVICE, items(number), NOW)
            except StoreUnavailable:
                os.write(acknowledged, b"refused\n")
                await asyncio.sleep(0.05)
            else:
                break
        os.write(acknowledged, f"{number}\n".encode())


def killed(url, rounds, seconds):
    """The calls acknowledged by writers, each of which was killed at a moment of its own. The next one tells again what the last did not hear of.

    Every fourth is killed within so many seconds of its birth, the others soon after some acknowledgements, so that on a slow machine, too,
    most are killed while they write.
    """
    acknowledged = []
    for number in range(rounds):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            try:
                asyncio.run(write(url, acknowledged[-1] + 1 if acknowledged else 0, writing))
            finally:
                os._exit(1)
        os.close(writing)
        with os.fdopen(reading) as lines:
            heard = [lines.readline() for _ in range(random.randint(1, 4))] if number % 4 else []
            time.sleep(random.uniform(0, seconds / 10 if number % 4 else seconds))
            os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
            assert os.WTERMSIG(status) == signal.SIGKILL, "the writer ended by itself"
            told = [*heard, *lines]
        acknowledged += [int(line) for line in told if line.endswith("\n") and line != "refused\n"]
    return acknowledged


async def limited(url):
    """What happens where a file may not grow, and again when it may: calls acknowledged, refusals, and whether it went on."""
    store = Store(url)
    acknowledged, refused = [], 0
    for number in range(1000):
        if number == 3:
            resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))
        try:
            await log(store).record("north", SERVICE, items(number, 3000), NOW)
        except StoreUnavailable:
            refused += 1
            if refused == 3:
                break
        else:
            acknowledged.append(number)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    await log(store).record("north", SERVICE, items(1000), NOW)
    await store.close()
    return {"acknowledged": [*acknowledged, 1000], "refused": refused}


if __name__ == "__main__":
    match sys.argv[1:]:
        case "write", address, beginning:
            asyncio.run(write(address, int(beginning), 1))
        case "killed", address, times, most:
            json.dump(killed(address, int(times), float(most)), sys.stdout)
        case "limited", address:
            json.dump(asyncio.run(limited(address)), sys.stdout)
