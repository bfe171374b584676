"""Async tests run in a loop of their own, bounded; the app's signal handlers are taken back; a small bank."""

from __future__ import annotations

import asyncio
import inspect
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from voiceprep.bank.contents import Bank
from voiceprep.bank.load import sound_bank

LONGEST_S = 60.0
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A thread of ours that dies fails the test: nobody would see it in the app."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning"))


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    wanted = {name: pyfuncitem.funcargs[name] for name in inspect.signature(pyfuncitem.obj).parameters}

    async def bounded() -> None:
        async with asyncio.timeout(LONGEST_S):
            await pyfuncitem.obj(**wanted)

    asyncio.run(bounded())
    return True


@pytest.fixture(scope="session")
def bank() -> Bank:
    """Three questions whose patterns leave no doubt: a better matcher or another wording changes no screen here."""
    return sound_bank(HERE / "bank")


@pytest.fixture(autouse=True)
def _own_signals() -> Iterator[None]:
    numbers = [signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
    kept = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)
