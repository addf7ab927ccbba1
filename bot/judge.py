"""What a refusal means for a card. Pure."""

import random
from dataclasses import dataclass, replace

from bot.refusals import Kind, Refusal
from bot.wanted import Call, Edit, Look, Post, React, Remove, Unreact
from pipeline.cards import Card, Done

LOST = 45.0
"""Seconds after a call without an answer in which its message may still appear."""
BROKEN = 4.0
"""The same after an answer that said something broke."""
LONGEST = 300.0
REACTION_TRIES = 10
"""Tries in a row, six to nine minutes, after which a card goes without its reaction."""
TOKEN_PAUSE = 20.0
GONE = frozenset(
    {
        "message_not_found",
        "thread_not_found",
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "channel_is_archived",
    }
)
"""Slack's errors that end a card whatever the call was."""
UNEDITABLE = frozenset(
    {"edit_window_closed", "cant_update_message", "update_failed", "message_not_editable", "unknown_method"}
)
"""Slack's errors that mean: say it in a message of its own."""
SETTLED = frozenset({"already_reacted", "no_reaction"})
"""Slack's errors that mean: it is as it should be."""


@dataclass(frozen=True, slots=True)
class After:
    """What to note about a card after a step, and when to look at it again."""

    done: Done
    due_at: float | None
    rest_until: float = 0.0
    """Nothing else may go to the channel before this."""


def judge(card: Card, done: Done, step: Call, refusal: Refusal, now: float) -> After:
    """Go on, wait, try again or give up, after a step that Slack refused; ``done`` is as noted last."""
    worse = replace(done, tries=done.tries + 1, fault=refusal.words)
    if refusal.kind is Kind.LATER:
        doubt = done.posting if isinstance(step, Look) else 0.0
        return After(replace(done, posting=doubt), now + refusal.retry_after + random.uniform(0, 0.5))  # noqa: S311
    scopeless = refusal.error in ("missing_scope", "no_permission")
    if isinstance(step, React | Unreact) and (scopeless or refusal.kind is not Kind.IDENTITY):
        return _reaction(worse, step, refusal, now)
    if refusal.kind is Kind.UNSURE:
        return After(_unsure(worse, step, refusal, now), now + _backoff(worse.tries))
    if isinstance(step, Look) and refusal.error not in GONE:
        return _blind(worse, refusal, now)
    if refusal.kind is Kind.UNSENT:
        return After(replace(worse, posting=0.0), now + _backoff(worse.tries))
    if refusal.kind is Kind.IDENTITY:
        return After(replace(worse, posting=0.0), now + min(TOKEN_PAUSE * 2 ** (worse.tries - 1), 600.0))
    if refusal.kind is Kind.SHAPE and not done.plain and isinstance(step, Post | Edit):
        return After(replace(worse, posting=0.0, plain=True), now)
    if isinstance(step, Edit) and refusal.error in UNEDITABLE and not done.frozen:
        return After(replace(done, frozen=True), now)
    return _over(card, worse, step, refusal)


def _over(card: Card, done: Done, step: Call, refusal: Refusal) -> After:
    why = card.withdrawn if isinstance(step, Remove) and card.withdrawn else refusal.words
    ts = None if isinstance(step, Remove) else done.ts
    return After(replace(done, posting=0.0, over=why, ts=ts), None)


def _unsure(done: Done, step: Call, refusal: Refusal, now: float) -> Done:
    if not isinstance(step, Post):
        return done
    silent = refusal.error in ("TimeoutError", "timeout")
    return replace(done, posting=now + (LOST if silent else BROKEN))


def _blind(done: Done, refusal: Refusal, now: float) -> After:
    """The thread cannot be read: after the time in which the post would have appeared, post again."""
    if refusal.kind is Kind.UNSENT or now < done.posting:
        return After(done, max(done.posting, now + _backoff(done.tries)))
    return After(replace(done, posting=0.0), now)


def _reaction(done: Done, step: React | Unreact, refusal: Refusal, now: float) -> After:
    if refusal.error in SETTLED:
        return After(reacted(replace(done, tries=0, fault=None), step), now)
    if refusal.error in GONE:
        return After(replace(done, over=refusal.words), None)
    if refusal.kind in (Kind.UNSURE, Kind.UNSENT) and done.tries < REACTION_TRIES:
        return After(done, now + _backoff(done.tries))
    return After(replace(done, mute=True, tries=0, fault=None), now)


def reacted(done: Done, step: React | Unreact) -> Done:
    """With the reaction put on or taken away."""
    if isinstance(step, React):
        return replace(done, reactions=done.reactions | {step.name})
    return replace(done, reactions=done.reactions - {step.name})


def _backoff(tries: int) -> float:
    return min(2.0 ** (tries - 1), LONGEST) * random.uniform(0.7, 1.0)  # noqa: S311
