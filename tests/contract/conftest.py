"""The engines whose small ports keep the same contracts."""

from pathlib import Path

import pytest

from tests.contract.grounds import Ground, OnDynamo, OnSqlite


@pytest.fixture(params=["sqlite", "dynamo"])
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Ground:
    if request.param == "dynamo":
        return OnDynamo(request.getfixturevalue("table"))
    return OnSqlite(tmp_path)
