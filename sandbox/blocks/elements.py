"""Block elements: buttons, menus, pickers, inputs, images.

Source: docs.slack.dev/reference/block-kit/block-elements.
"""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.blocks.schema import (
    Check,
    anything,
    array,
    boolean,
    both,
    by_type,
    exactly_one_of,
    number,
    one_of,
    record,
    string,
    web_address,
)
from sandbox.blocks.texts import CONFIRM, ID, OPTION, OPTION_GROUP, PICTURE, plain

ACTION = {"action_id": ID, "confirm": CONFIRM}
FOCUS = {"focus_on_load": boolean, "placeholder": plain(150)}
PICKER = {**ACTION, **FOCUS}

BUTTON = record(
    {"text": plain(75)},
    {
        **ACTION,
        "url": web_address(),
        "value": string(2000),
        "style": one_of("primary", "danger"),
        "accessibility_label": string(75),
    },
)
IMAGE = both(
    record(
        {"alt_text": PICTURE["alt_text"]},
        {"image_url": PICTURE["image_url"], "slack_file": PICTURE["slack_file"]},
    ),
    exactly_one_of("image_url", "slack_file"),
)
OVERFLOW = record({"options": array(OPTION, 5)}, ACTION)
CHECKBOXES = record({"options": array(OPTION, 10)}, {**ACTION, "initial_options": array(OPTION, 10), **FOCUS})
RADIO = record({"options": array(OPTION, 10)}, {**ACTION, "initial_option": OPTION, **FOCUS})
STATIC_SELECT = both(
    record(
        {},
        {
            **PICKER,
            "options": array(OPTION, 100),
            "option_groups": array(OPTION_GROUP, 100),
            "initial_option": OPTION,
        },
    ),
    exactly_one_of("options", "option_groups"),
)
MULTI_STATIC = both(
    record(
        {},
        {
            **PICKER,
            "options": array(OPTION, 100),
            "option_groups": array(OPTION_GROUP, 100),
            "initial_options": array(OPTION, 100),
            "max_selected_items": number,
        },
    ),
    exactly_one_of("options", "option_groups"),
)
EXTERNAL = record(
    {}, {**PICKER, "min_query_length": number, "initial_option": OPTION, "initial_options": anything}
)
MULTI = {"max_selected_items": number}
CONVERSATIONS = {
    "default_to_current_conversation": boolean,
    "filter": anything,
    "response_url_enabled": boolean,
}
FEEDBACK = record({"text": plain(75), "value": string(2000)}, {"accessibility_label": string(75)})
INPUT = {**PICKER, "dispatch_action_config": anything}

INTERACTIVE: Mapping[str, Check] = {
    "button": BUTTON,
    "overflow": OVERFLOW,
    "checkboxes": CHECKBOXES,
    "radio_buttons": RADIO,
    "static_select": STATIC_SELECT,
    "multi_static_select": MULTI_STATIC,
    "external_select": EXTERNAL,
    "multi_external_select": EXTERNAL,
    "users_select": record({}, {**PICKER, "initial_user": string(255)}),
    "multi_users_select": record({}, {**PICKER, **MULTI, "initial_users": array(string(255), 100, 0)}),
    "channels_select": record(
        {}, {**PICKER, "initial_channel": string(255), "response_url_enabled": boolean}
    ),
    "multi_channels_select": record({}, {**PICKER, **MULTI, "initial_channels": array(string(255), 100, 0)}),
    "conversations_select": record({}, {**PICKER, **CONVERSATIONS, "initial_conversation": string(255)}),
    "multi_conversations_select": record(
        {}, {**PICKER, **MULTI, **CONVERSATIONS, "initial_conversations": array(string(255), 100, 0)}
    ),
    "datepicker": record({}, {**PICKER, "initial_date": string(10)}),
    "timepicker": record({}, {**PICKER, "initial_time": string(5), "timezone": string(100)}),
    "datetimepicker": record({}, {**PICKER, "initial_date_time": number}),
    "workflow_button": record({"text": plain(75), "workflow": anything}, {**ACTION, "style": string(20)}),
}
INPUTS: Mapping[str, Check] = {
    **{
        kind: check
        for kind, check in INTERACTIVE.items()
        if kind not in ("button", "overflow", "workflow_button")
    },
    "plain_text_input": record(
        {},
        {
            **INPUT,
            "initial_value": string(3000, 0),
            "multiline": boolean,
            "min_length": number,
            "max_length": number,
        },
    ),
    "email_text_input": record({}, {**INPUT, "initial_value": string(3000, 0)}),
    "url_text_input": record({}, {**INPUT, "initial_value": string(3000, 0)}),
    "number_input": record(
        {"is_decimal_allowed": boolean},
        {**INPUT, "initial_value": number, "min_value": number, "max_value": number},
    ),
    "rich_text_input": record({}, {**INPUT, "initial_value": anything}),
    "file_input": record({}, {"action_id": ID, "filetypes": array(string(20), 100), "max_files": number}),
}
CONTEXT_ACTIONS: Mapping[str, Check] = {
    "feedback_buttons": record({"positive_button": FEEDBACK, "negative_button": FEEDBACK}, {"action_id": ID}),
    "icon_button": record(
        {"icon": string(50), "text": plain(75)},
        {**ACTION, "value": string(2000), "accessibility_label": string(75), "visible_to_user_ids": anything},
    ),
}
ACCESSORY = by_type({**INTERACTIVE, "image": IMAGE})
