import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))

from console import Console  # noqa: E402


@pytest.fixture
def console():
    running = Console()
    yield running
    running.close()
