"""People of Slack in the SQLite ledger's file: personal links, and how they become one with a mailbox."""

import secrets
import time
from collections.abc import Callable
from sqlite3 import Connection

from pipeline.adapters import sqlite_ledger, sqlite_sessions, sqlite_tickets
from pipeline.adapters.sqlite_database import Database
from pipeline.adapters.sqlite_sessions import new_id, visitor
from pipeline.subscribers import fingerprint
from pipeline.visitors import WAITS, Invited, Visitor

OPEN = "SELECT * FROM invitations WHERE token=? AND used=0 AND at>?"
OWNS = """
SELECT EXISTS (SELECT 1 FROM images WHERE team='' AND person=:id)
    OR EXISTS (SELECT 1 FROM tickets WHERE person=:id)
"""


class SqliteInvitations:
    """``pipeline.visitors.Invitations``."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database, self._clock = database, clock
        for module in (sqlite_sessions, sqlite_ledger, sqlite_tickets):
            database.define(module.SCHEMA)

    def of_slack(self, team: str, user: str) -> Visitor:
        """See ``Invitations.of_slack``."""
        with self._database.write(durable=True) as connection:
            row = connection.execute(
                "SELECT * FROM visitors WHERE team=? AND account=?", (team, user)
            ).fetchone()
            if row:
                return visitor(row)
            made = Visitor(new_id(), "", team, user)
            connection.execute(
                "INSERT INTO visitors (id, team, account, at) VALUES (?,?,?,?)",
                (made.id, team, user, self._clock()),
            )
            return made

    def invite(self, visitor: Visitor, image: str) -> str:
        """See ``Invitations.invite``."""
        token = secrets.token_urlsafe(24)
        with self._database.write(durable=True) as connection:
            connection.execute(
                "INSERT INTO invitations (token, visitor, image, at) VALUES (?,?,?,?)",
                (fingerprint(token), visitor.id, image, self._clock()),
            )
        return token

    def invited(self, token: str) -> Invited | None:
        """See ``Invitations.invited``."""
        with self._database.snapshot() as connection:
            return self._invited(connection, token)

    def joinable(self, one: Visitor, other: Visitor) -> bool:
        """See ``Invitations.joinable``: both are all of what they are, and one of them owns nothing yet."""
        with self._database.snapshot() as connection:
            return _joinable(connection, one, other)

    def by_invitation(self, token: str, join: str = "") -> Invited | None:
        """See ``Invitations.by_invitation``."""
        with self._database.write(durable=True) as connection:
            found = self._invited(connection, token)
            if found is None:
                return None
            connection.execute("UPDATE invitations SET used=1 WHERE token=?", (fingerprint(token),))
            one = _get(connection, join)
            if one and _joinable(connection, one, found.visitor):
                return Invited(_joined(connection, one, found.visitor), found.image)
            return found

    def _invited(self, connection: Connection, token: str) -> Invited | None:
        row = connection.execute(OPEN, (fingerprint(token), self._clock() - WAITS)).fetchone()
        who = _get(connection, row["visitor"]) if row else None
        return Invited(who, row["image"]) if who else None


def _get(connection: Connection, id: str) -> Visitor | None:
    row = connection.execute("SELECT * FROM visitors WHERE id=?", (id,)).fetchone()
    return visitor(row) if row else None


def _joinable(connection: Connection, one: Visitor, other: Visitor) -> bool:
    apart = one.mailbox and not one.user and other.user and not other.mailbox
    return bool(apart) and not (_owns(connection, one) and _owns(connection, other))


def _owns(connection: Connection, one: Visitor) -> bool:
    return bool(connection.execute(OWNS, {"id": one.id}).fetchone()[0])


def _joined(connection: Connection, one: Visitor, other: Visitor) -> Visitor:
    """Whoever owns something stays, so that every image keeps its owner; sessions and links go along."""
    stays, goes = (one, other) if not _owns(connection, other) else (other, one)
    folded = connection.execute("SELECT folded FROM visitors WHERE id=?", (one.id,)).fetchone()[0]
    connection.execute("DELETE FROM visitors WHERE id=?", (goes.id,))
    connection.execute(
        "UPDATE visitors SET folded=?, mailbox=?, team=?, account=? WHERE id=?",
        (folded, one.mailbox, other.team, other.user, stays.id),
    )
    for table in ("sessions", "invitations"):
        connection.execute(f"UPDATE {table} SET visitor=? WHERE visitor=?", (stays.id, goes.id))  # noqa: S608
    return Visitor(stays.id, one.mailbox, other.team, other.user)
