"""Uploads a chart, so that a message can show it. Everything raises ``Refusal``.

Source: docs.slack.dev/messaging/working-with-files: ask for an address, post the bytes to it, complete.
Without a channel the file is shared nowhere; a block that names it shows it, once Slack has looked at it.
"""

import time
from collections.abc import Callable

from slack_sdk import WebClient

from bot.api import call, trusts
from bot.ports import Put
from bot.refusals import Kind, Refusal
from pipeline.errors import LoupeError

LOOKS = 12
LOOK_EVERY = 0.4
"""Seconds between two looks whether the file can be used."""
NAME = "digest.png"
TITLE = "Images per day"


class Uploads:
    """Brings files to Slack; ``put`` posts bytes to an address."""

    def __init__(self, client: WebClient, put: Put, sleep: Callable[[float], None] = time.sleep) -> None:
        self._client, self._put, self._sleep = client, put, sleep
        self._trusted = trusts(client.base_url)

    def begin(self, data: bytes) -> str:
        """Bring the bytes; the id of the file to be."""
        answer = call(self._client.files_getUploadURLExternal, filename=NAME, length=len(data))
        address, file = str(answer.get("upload_url") or ""), str(answer.get("file_id") or "")
        if not file or not self._trusted(address):
            raise Refusal(Kind.NEVER, "an address to upload to that is not its own")
        try:
            self._put(address, data)
        except LoupeError as fault:
            raise Refusal(Kind.UNSENT, fault.words) from None
        return file

    def finish(self, file: str) -> None:
        """Make it a file; shared nowhere."""
        call(self._client.files_completeUploadExternal, files=[{"id": file, "title": TITLE}])

    def is_usable(self, file: str) -> bool:
        """Can a block name it? Waits a little until it can."""
        for _ in range(LOOKS):
            try:
                found = call(self._client.files_info, file=file).get("file") or {}
            except Refusal as refusal:
                if refusal.error in ("file_not_found", "file_deleted"):
                    return False
                raise
            if found.get("original_w") or found.get("thumb_360"):
                return True
            self._sleep(LOOK_EVERY)
        return False
