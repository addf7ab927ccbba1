"""Houses that several tests share; pytest-xdist keeps the tests of one house together (loadgroup)."""

from collections.abc import Iterator

import pytest

from sandbox.config import SandboxConfig
from tests.whole.house import House, house


@pytest.fixture(scope="module")
def over_http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Loupe that takes Slack's deliveries over HTTP."""
    with house(tmp_path_factory.mktemp("http")) as home:
        yield home


@pytest.fixture(scope="module")
def by_socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Loupe that takes Slack's deliveries in Socket Mode."""
    config = SandboxConfig(retry_delays=(0.05, 0.5, 2.0, 5.0), strip_exif=False)
    with house(tmp_path_factory.mktemp("socket"), socket_mode=True, config=config) as home:
        yield home
