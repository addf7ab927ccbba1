"""files.info and files.delete. Source: docs.slack.dev/reference/methods/files.info, files.delete."""

from __future__ import annotations

from sandbox import posting
from sandbox.api.call import Call, method
from sandbox.file_shapes import file_json
from sandbox.model import Json
from sandbox.refusal import Refusal


@method("files.info", "files:read")
def info(call: Call) -> Json:
    """A file with its addresses. Refusals: file_not_found, file_deleted."""
    file = call.room.workspace.file(call.needed("file"), call.user)
    answer: Json = {"file": file_json(call.room.workspace, file), "comments": [], "content_truncated": False}
    return answer | {"response_metadata": {"next_cursor": ""}}


@method("files.delete", "files:write")
def delete(call: Call) -> Json:
    """Delete a file: a bot its own, an admin's user token anybody's (cant_delete_file otherwise)."""
    file = call.room.workspace.file(call.needed("file"), call.user)
    admin = call.token.kind == "user" and call.room.workspace.users[call.user].is_admin
    if file.user != call.user and not admin:
        raise Refusal("cant_delete_file")
    posting.delete_file(call.room, file)
    return {}
