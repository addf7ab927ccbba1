"""The dashboard: how the whole installation is doing, as a page and as JSON. It runs without script."""

import json
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from pipeline.alt import plain
from pipeline.digest import headline
from pipeline.errors import LoupeError
from pipeline.text import size
from web import assets, charts
from web.about import POLICY
from web.access import Endpoint
from web.board import EARLIEST, RANGES, Board, Watched, asked, board, data
from web.days import STATES, drawn
from web.page import PAGES
from web.spans import milliseconds, seconds

HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": POLICY.format(images="'self'") + "; connect-src 'self'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
"""Nothing inline, nothing from elsewhere; the script may ask this site for newer numbers."""
Guard = Callable[[Endpoint], Endpoint]
"""Makes an endpoint answer only those who may see it."""


def routes(
    watched: Watched, people: Guard, programs: Guard, clock: Callable[[], float] = time.time
) -> list[BaseRoute]:
    """``/dashboard`` for people and ``/dashboard.json`` for programs."""

    def shown(request: Request) -> Response:
        """The page."""
        return _answer(request, watched, clock(), lambda told: HTMLResponse(page(told), headers=HEADERS))

    def written(request: Request) -> Response:
        """The same as JSON."""
        return _answer(request, watched, clock(), _json)

    return [Route("/dashboard", people(shown)), Route("/dashboard.json", programs(written))]


def page(told: Board) -> str:
    """The page as HTML."""
    day = told.told.figures.day.date
    return PAGES.get_template("dashboard.html").render(
        board=told,
        figures=told.told.figures,
        steps=told.told.steps,
        headline=headline(told.told.figures),
        day=day,
        is_today=day == told.today,
        before=day - timedelta(days=1) if day > EARLIEST else None,
        after=day + timedelta(days=1) if day < told.today else None,
        ranges=RANGES,
        states=STATES,
        totals={name: sum(getattr(each, name) for each in told.days) for name in STATES},
        charts=drawn(told.days),
        left=charts.LEFT,
        bottom=charts.TOP + charts.PLOT,
        height=charts.HEIGHT,
        slowest=max((each.p95_ms for each in told.told.steps), default=0.0) or 1.0,
        static={name: assets.address(name) for name in assets.ASSETS},
    )


def _answer(request: Request, watched: Watched, now: float, write: Callable[[Board], Response]) -> Response:
    try:
        wanted = asked(request.query_params, now, watched.zone)
    except ValueError as fault:
        return PlainTextResponse(f"{fault}\n", 400, HEADERS)
    try:
        return write(board(watched, wanted, now))
    except LoupeError as fault:
        return PlainTextResponse(f"{fault.words}\n", 503, HEADERS | {"retry-after": "10"})


def _json(told: Board) -> Response:
    text = json.dumps(data(told), ensure_ascii=False, default=str)
    return Response(text, media_type="application/json", headers=HEADERS)


def _weekday(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B}"


def _full(day: date) -> str:
    return f"{_weekday(day)} {day.year}"


def _ago(moment: datetime, now: datetime) -> str:
    return seconds(max(0.0, (now - moment).total_seconds()))


def _count(number: int) -> str:
    return f"{number:,}"


PAGES.filters |= {
    "plain": plain,
    "full_date": _full,
    "weekday_date": _weekday,
    "short_date": charts.short,
    "count": _count,
    "amount": size,
    "seconds": seconds,
    "milliseconds": milliseconds,
    "since": _ago,
}
