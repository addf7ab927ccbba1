"""The options that apps suggested for external selects, so that a choice can be told with its text."""

from __future__ import annotations

from collections import OrderedDict

from sandbox.model import Json

EXTERNAL = ("external_select", "multi_external_select")


class Offered:
    """What apps suggested, so that a choice can be told again; the fields used last are remembered."""

    def __init__(self, most: int = 200) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[str, str, str], dict[str, Json]] = OrderedDict()

    def keep(self, field: tuple[str, str, str], options: list[Json]) -> None:
        """Remember the options of a field: view or message, block, action."""
        known = self._kept.pop(field, {})
        self._kept[field] = known | {option["value"]: option for option in options}
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def filled(self, seat: str, block_id: str, element: Json) -> Json:
        """The element as if it had listed what was suggested for it; any other as it is."""
        if element["type"] not in EXTERNAL:
            return element
        first = [element["initial_option"]] if element.get("initial_option") else []
        first += element.get("initial_options") or []
        suggested = self._kept.get((seat, block_id, element["action_id"]), {})
        return element | {"options": [*first, *suggested.values()]}
