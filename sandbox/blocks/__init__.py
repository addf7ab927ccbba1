"""Block Kit, held against its rules: what Slack would refuse, and the ids it fills in.

`problems(blocks)` is pure and needs no sandbox; tests of whoever builds blocks call it directly.
Source: docs.slack.dev/reference/block-kit; the problems are worded as in Slack's own answers, such as
`must be less than 3001 characters [json-pointer:/blocks/0/text/text]`.
"""

from __future__ import annotations

from sandbox.blocks.check import Surface, problems, view_problems
from sandbox.blocks.fill import identify, total_length

__all__ = ["Surface", "identify", "problems", "total_length", "view_problems"]
