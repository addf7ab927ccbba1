"""Who carries news to a sink of a kind; what they need is in the settings, whatever keeps the news."""

from collections.abc import Callable, Mapping
from functools import cache

from loupe.settings import Settings
from pipeline.adapters import hook_forms
from pipeline.adapters.guarded_http import GuardedHttp
from pipeline.adapters.sns import SnsCarrier
from pipeline.adapters.webhook import HttpCarrier
from pipeline.news import Sink, SinkKind
from pipeline.outbox import Carrier


@cache
def http(named: tuple[str, ...]) -> GuardedHttp:
    """The one way out, for all who share it. ``named``: LOUPE_NEWS_HOSTS."""
    return GuardedHttp(named)


def _webhook(settings: Settings, sink: Sink) -> Carrier:
    return HttpCarrier(http(settings.news_hosts), hook_forms.signed(sink, settings.site))


def _email(settings: Settings, sink: Sink) -> Carrier:
    from loupe.mail import sink_carrier

    return sink_carrier(settings, sink)


def _zapier(settings: Settings, sink: Sink) -> Carrier:
    return HttpCarrier(http(settings.news_hosts), hook_forms.zapier(sink))


def _ifttt(settings: Settings, sink: Sink) -> Carrier:
    return HttpCarrier(http(settings.news_hosts), hook_forms.ifttt(sink))


def _sns(settings: Settings, sink: Sink) -> Carrier:
    return SnsCarrier(sink, settings.site)


CARRIERS: Mapping[SinkKind, Callable[[Settings, Sink], Carrier]] = {
    "webhook": _webhook,
    "email": _email,
    "zapier": _zapier,
    "ifttt": _ifttt,
    "sns": _sns,
}
"""By the kind of sink. Sinks of kind ``slack`` are the bot's."""
