"""Gathers what several threads want done at the same moment into one step: one sync to the disk for all."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


@dataclass(slots=True)
class _Waiting(Generic[Item, Answer]):
    """One thread's item, and what came of it."""

    item: Item
    answers: Sequence[Answer] = ()
    fault: BaseException | None = None


class Gathered(Generic[Item, Answer]):
    """Calls ``do`` with the items of all threads that came while it was busy; an answer for each item.

    Whoever finds nobody at it does it for all that wait. What it raises is raised to each of them.
    """

    def __init__(self, do: Callable[[Sequence[Item]], Sequence[Answer]]) -> None:
        self._do = do
        self._turn, self._list = threading.Lock(), threading.Lock()
        self._waiting: list[_Waiting[Item, Answer]] = []

    def __call__(self, item: Item) -> Answer:
        """Have one item done, together with those of others."""
        mine = _Waiting[Item, Answer](item)
        with self._list:
            self._waiting.append(mine)
        with self._turn:
            if not mine.answers and mine.fault is None:
                self._done()
        if mine.fault is not None:
            raise mine.fault
        return mine.answers[0]

    def _done(self) -> None:
        with self._list:
            together, self._waiting = self._waiting, []
        try:
            answers = self._do([each.item for each in together])
        except BaseException as fault:
            for each in together:
                each.fault = fault
            return
        for each, answer in zip(together, answers, strict=True):
            each.answers = (answer,)
