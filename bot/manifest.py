"""The Slack app manifest, generated from what the code listens to and calls.

Source: docs.slack.dev/reference/app-manifest (version 2).
"""

from typing import Any

from bot.needs import EVENTS, scopes

DESCRIPTION = "Looks at every picture that is posted and says what it found."
LONG = (
    "Loupe looks at every picture that is posted in a channel it is a member of and answers in the thread:"
    " is there nudity, are there faces, where was it taken, with which camera. It runs on your own machine;"
    " pictures go nowhere else."
)


def manifest(address: str | None = None) -> dict[str, Any]:
    """For HTTP when a public https ``address`` is given, else for Socket Mode."""
    url = {"url": f"{address.rstrip('/')}/slack/events"} if address else {}
    request = {"request_url": url["url"]} if url else {}
    menus = {"message_menu_options_url": url["url"]} if url else {}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Loupe",
            "description": DESCRIPTION,
            "long_description": LONG,
            "background_color": "#1f3a5f",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": False,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Loupe", "always_online": True},
            "shortcuts": [
                {
                    "name": "Check this image",
                    "type": "message",
                    "callback_id": "check_image",
                    "description": "Look at the pictures of this message",
                }
            ],
            "slash_commands": [
                {
                    "command": "/imgstatus",
                    "description": "What became of pictures",
                    "usage_hint": "[ID | channel | health | digest | mail | help]",
                    "should_escape": False,
                    **url,
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": scopes()}},
        "settings": {
            "event_subscriptions": {"bot_events": sorted(EVENTS), **request},
            "interactivity": {"is_enabled": True, **request, **menus},
            "org_deploy_enabled": False,
            "socket_mode_enabled": address is None,
            "token_rotation_enabled": False,
        },
    }
