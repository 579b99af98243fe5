"""One writer for all senders: what they record together is stored by one commit."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

from notifier.errors import NotifierError, OutsideError
from notifier.store.messages import Intent, Result, record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from notifier.store.engine import Session

T = TypeVar("T")
_SALVAGE_SECONDS = (0.2, 1.0, 3.0)


class Transactions(Protocol):
    """What is needed of the store."""

    def write(self) -> AbstractContextManager[Session]:
        """Give the writing transaction."""

    def read(self) -> AbstractContextManager[Session]:
        """Give a snapshot."""


@dataclass(slots=True)
class _Order:
    results: Sequence[Result]
    intent: Intent | None
    done: asyncio.Future[bool] = field(default_factory=asyncio.Future)


class Writer:
    """Stores outcomes and intents in a thread of its own; the event loop never waits for a disk.

    Orders that come while a commit runs are stored by the next one (group commit).
    """

    def __init__(self, store: Transactions, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="notifier-writer")
        self._orders: list[_Order] = []
        self._working: asyncio.Task[None] | None = None

    async def record(self, results: Sequence[Result], intent: Intent | None = None) -> bool:
        """Store outcomes and the next intent in one transaction; True: the bytes may leave now.

        When this returns, everything is on disk.

        :raises OutsideError: nothing of it was stored
        """
        order = _Order(results, intent)
        self._orders.append(order)
        if self._working is None:
            self._working = asyncio.create_task(self._work())
        return await asyncio.shield(order.done)

    async def salvage(self, results: Sequence[Result]) -> None:
        """Store outcomes after a failure, trying for some seconds: what was accepted is known.

        :raises OutsideError: they could not be stored; these messages stay in doubt
        """
        for seconds in _SALVAGE_SECONDS:
            try:
                await self.record(results)
            except OutsideError:
                await asyncio.sleep(seconds)
            else:
                return
        await self.record(results)

    async def run(self, step: Callable[[Session, datetime], T]) -> T:
        """Run one writing transaction in the writer's thread, behind what is queued there.

        :raises OutsideError: nothing of it was stored
        """

        def call() -> T:
            with self._store.write() as tx:
                return step(tx, self._clock())

        return await self._call(call)

    async def look(self, step: Callable[[Session, datetime], T]) -> T:
        """Read from a snapshot, without waiting for the writer.

        :raises OutsideError: the database cannot be read
        """

        def call() -> T:
            with self._store.read() as tx:
                return step(tx, self._clock())

        try:
            return await asyncio.to_thread(call)
        except OSError as error:
            raise _failed(error) from error

    async def close(self) -> None:
        """Wait for what was ordered and end the thread."""
        while self._working is not None:
            await asyncio.wait({self._working})
        await asyncio.to_thread(self._thread.shutdown)

    async def _work(self) -> None:
        try:
            while self._orders:
                orders, self._orders = self._orders, []
                await self._commit(orders)
        finally:
            self._working = None

    async def _commit(self, orders: list[_Order]) -> None:
        try:
            answers = await self._call(lambda: self._store_all(orders))
        except BaseException as error:  # noqa: BLE001  handed to everyone who waits
            for order in orders:
                if not order.done.done():
                    order.done.set_exception(error)
                    order.done.exception()  # whoever was cancelled meanwhile does not ask
            return
        for order, answer in zip(orders, answers, strict=True):
            if not order.done.done():
                order.done.set_result(answer)

    def _store_all(self, orders: list[_Order]) -> list[bool]:
        results = [result for order in orders for result in order.results]
        intents = [order.intent for order in orders if order.intent is not None]
        with self._store.write() as tx:
            now = self._clock()
            held = iter(record(tx, now, results, intents)[len(results) :])
            return [order.intent is None or next(held) for order in orders]

    async def _call(self, call: Callable[[], T]) -> T:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, call)
        except OSError as error:
            raise _failed(error) from error


def _failed(error: Exception) -> NotifierError:
    return OutsideError(
        f"The ledger could not be written ({type(error).__name__}). Sending stopped before the"
        " next message.",
        code="ledger",
        next_step="Mend the disk or the database, then run `notifier run` again.",
    )
