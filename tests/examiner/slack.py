"""A small Slack of the examiner's own, written from Slack's documentation alone.

It shares no line and no habit with the sandbox: whatever Loupe has only learned from the sandbox shows here.
``tricks`` holds what goes wrong next, per method; ``Served`` what the file host does with one file.
"""

import json
import re
import sys
import threading
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from itertools import count
from typing import Any

from tests.examiner.blockkit import faults, view_faults
from tests.examiner.wire import handler

Json = dict[str, Any]
BOT, BOT_ID, APP, TEAM, SECRET = "UBOT", "BBOT", "AAPP", "TEAM1", "examiner-secret"


@dataclass
class Trick:
    """What goes wrong with one call: an error, a status, a wait, a cut before or after it worked."""

    error: str = ""
    status: int = 200
    retry_after: str = ""
    wait: float = 0.0
    cut: str = ""


@dataclass
class Call:
    """One call that Loupe made."""

    method: str
    given: Json
    error: str
    at: float = field(default_factory=time.monotonic)


class Server(ThreadingHTTPServer):
    """Takes a burst, and takes it lightly that a caller was killed."""

    request_queue_size = 256

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class Slack:
    """Channels exist as soon as they are named; messages are dictionaries as Slack shows them."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.messages: dict[str, list[Json]] = defaultdict(list)
        self.files: dict[str, Json] = {}
        self.bytes: dict[str, bytes] = {}
        self.served: dict[str, deque[str]] = defaultdict(deque)
        self.tricks: dict[str, deque[Trick]] = defaultdict(deque)
        self.unknown: set[str] = set()
        self.gone: dict[str, str] = {}
        """Channels that refuse every call, and with which error."""
        self.denied: dict[str, str] = {}
        """Files of which nothing is told, and with which error."""
        self.forgetful = False
        """Answers and histories without anything optional: no message, metadata, blocks or shares."""
        self.calls: list[Call] = []
        self.faults: list[str] = []
        self.views: list[Json] = []
        self.said: dict[str, list[Json]] = defaultdict(list)
        """What came to a response_url."""
        self.leaks: list[str] = []
        """Addresses that saw the token and should not."""
        self.echoes: deque[Json] = deque()
        self._seconds, self._numbers = count(int(time.time())), count(1)
        self.servers = [self._listen(), self._listen()]
        self.api_url = f"http://127.0.0.1:{self.port}/api/"

    def _listen(self) -> ThreadingHTTPServer:
        listening = Server(("127.0.0.1", 0), handler(self))
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        return listening

    @property
    def port(self) -> int:
        return int(self.servers[0].server_address[1])

    @property
    def files_port(self) -> int:
        return int(self.servers[1].server_address[1])

    def close(self) -> None:
        for server in self.servers:
            server.shutdown()
            server.server_close()

    def now(self) -> str:
        return f"{next(self._seconds)}.{next(self._numbers):06d}"

    def file(self, data: bytes, *served: str, host: str = "", **shown: Any) -> Json:
        """Upload a file; ``served`` is how its downloads go, one after the other, the last for good."""
        with self.lock:
            id = f"F{next(self._numbers):05d}"
            address = f"http://{host or f'127.0.0.1:{self.port}'}/files-pri/{TEAM}-{id}/picture"
            known: Json = {"id": id, "name": f"{id}.jpg", "mimetype": "image/jpeg", "filetype": "jpg"}
            known |= {"user": "UADA", "size": len(data), "url_private": address}
            known |= {"url_private_download": f"{address}?download", **shown}
            self.files[id] = {key: value for key, value in known.items() if value is not None}
            self.bytes[id] = data
            self.served[id].extend(served)
            return self.files[id]

    def message(self, channel: str, *files: Json, **fields: Any) -> Json:
        """A person's message in a channel, as its event shows it."""
        with self.lock:
            ts = self.now()
            kind = {"D": "im", "G": "group"}.get(channel[0], "channel")
            known: Json = {"type": "message", "channel": channel, "user": "UADA", "text": "", "ts": ts}
            known |= {"event_ts": ts, "channel_type": kind}
            if files:
                known |= {"subtype": "file_share", "upload": True, "files": [dict(file) for file in files]}
            message = {key: value for key, value in {**known, **fields}.items() if value is not None}
            self.messages[channel].append(message)
            side = "public" if channel.startswith("C") else "private"
            for file in files:
                share = {key: message[key] for key in ("ts", "thread_ts") if key in message}
                places = self.files[file["id"]].setdefault("shares", {}).setdefault(side, {})
                places.setdefault(channel, []).append(share)
            return message

    def find(self, channel: str, ts: str) -> Json | None:
        return next((m for m in self.messages[channel] if m["ts"] == ts), None)

    def replies(self, message: Json) -> list[Json]:
        """Loupe's messages that answer this one."""
        with self.lock:
            thread = message.get("thread_ts") or message["ts"]
            found = self.messages[message["channel"]]
            return [m for m in found if m.get("thread_ts") == thread and m.get("bot_id") == BOT_ID]

    def of(self, method: str) -> list[Call]:
        with self.lock:
            return [call for call in self.calls if call.method == method]

    def answer(self, method: str, given: Json) -> tuple[Json, Trick]:
        """Do one call, unless a trick says otherwise."""
        name = "do_" + re.sub(r"\W", "_", method).lower()
        with self.lock:
            trick = self.tricks[method].popleft() if self.tricks[method] else Trick()
        time.sleep(trick.wait)
        with self.lock:
            if trick.error or trick.status != 200 or trick.cut == "before":
                found: Json = {"ok": False, "error": trick.error or "ratelimited"}
            elif method in self.unknown or not hasattr(
                self, name := "do_" + re.sub(r"\W", "_", method).lower()
            ):
                found = {"ok": False, "error": "unknown_method"}
            elif given.get("channel") in self.gone:
                found = {"ok": False, "error": self.gone[given["channel"]]}
            else:
                found = {"ok": True, **getattr(self, name)(given)}
                found["ok"] = "error" not in found
            self.calls.append(Call(method, given, found.get("error", "")))
            return found, trick

    def check(self, given: Json, most: int = 50) -> None:
        self.faults += faults(given.get("blocks") or [], most)
        if not 0 < len(given.get("text") or "") <= 4000:
            self.faults.append(f"text has {len(given.get('text') or '')} characters")

    def do_auth_test(self, given: Json) -> Json:
        return {"user_id": BOT, "bot_id": BOT_ID, "team_id": TEAM, "url": "https://examiner.slack.com/"}

    def do_chat_postmessage(self, given: Json) -> Json:
        self.check(given)
        mine = {"type": "message", "user": BOT, "bot_id": BOT_ID, "app_id": APP, "ts": self.now()}
        shown = ("channel", "text", "blocks", "thread_ts", "metadata")
        message = mine | {key: given[key] for key in shown if key in given}
        if "thread_ts" in message and not self.find(message["channel"], message["thread_ts"]):
            return {"error": "thread_not_found"}
        self.messages[message["channel"]].append(message)
        self.echoes.append(message)
        answer = {"channel": message["channel"], "ts": message["ts"]}
        return answer if self.forgetful else {**answer, "message": message}

    def do_chat_update(self, given: Json) -> Json:
        self.check(given)
        message = self.find(given["channel"], given["ts"])
        if message is None:
            return {"error": "message_not_found"}
        message |= {key: given[key] for key in ("text", "blocks", "metadata") if key in given}
        message["edited"] = {"user": BOT, "ts": self.now()}
        return {"channel": given["channel"], "ts": given["ts"], "text": message["text"]}

    def do_chat_delete(self, given: Json) -> Json:
        found = self.find(given["channel"], given["ts"])
        if found is None:
            return {"error": "message_not_found"}
        self.messages[given["channel"]].remove(found)
        return {"channel": given["channel"], "ts": given["ts"]}

    def do_reactions_add(self, given: Json) -> Json:
        message = self.find(given["channel"], given["timestamp"])
        if message is None:
            return {"error": "message_not_found"}
        names = message.setdefault("reactions", [])
        if given["name"] in names:
            return {"error": "already_reacted"}
        names.append(given["name"])
        return {}

    def do_reactions_remove(self, given: Json) -> Json:
        message = self.find(given["channel"], given["timestamp"]) or {}
        if given["name"] not in message.get("reactions", []):
            return {"error": "no_reaction"}
        message["reactions"].remove(given["name"])
        return {}

    def do_conversations_replies(self, given: Json) -> Json:
        found = [m for m in self.messages[given["channel"]] if given["ts"] in (m["ts"], m.get("thread_ts"))]
        return {"messages": self._shown(found), "has_more": False}

    def do_conversations_history(self, given: Json) -> Json:
        found = [m for m in self.messages[given["channel"]] if m.get("thread_ts") in (None, m["ts"])]
        return {"messages": self._shown(found[::-1]), "has_more": False}

    def _shown(self, messages: list[Json]) -> list[Json]:
        hidden = ("metadata", "blocks") if self.forgetful else ()
        return [{key: value for key, value in m.items() if key not in hidden} for m in messages]

    def do_conversations_info(self, given: Json) -> Json:
        return {"channel": {"id": given["channel"], "is_member": True}}

    def do_files_info(self, given: Json) -> Json:
        if given.get("file") in self.denied or given.get("file") not in self.files:
            return {"error": self.denied.get(given["file"], "file_not_found")}
        file = self.files[given["file"]]
        return {"file": {k: v for k, v in file.items() if k != "shares"} if self.forgetful else file}

    def do_views_open(self, given: Json) -> Json:
        view = given["view"] if isinstance(given["view"], dict) else json.loads(given["view"])
        self.faults += view_faults(view)
        shown = {**view, "id": f"V{len(self.views) + 1}"}
        self.views.append(shown)
        return {"view": shown}

    def do_views_update(self, given: Json) -> Json:
        view = given["view"] if isinstance(given["view"], dict) else json.loads(given["view"])
        self.faults += view_faults(view)
        known = [each for each in self.views if each["id"] == given["view_id"]]
        if not known:
            return {"error": "not_found"}
        self.views.append({**view, "id": given["view_id"]})
        return {"view": self.views[-1]}
