"""What all tests share: the golden-file switch, and where the measuring data lies, if it does."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

settings.register_profile("dev", deadline=None, max_examples=60)
settings.register_profile("ci", deadline=None, max_examples=100, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "dev")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--golden-update", action="store_true", help="write the golden files anew; read the diff"
    )
    parser.addoption(
        "--points", default="few", help="of each command, kill at so many system calls; all; few"
    )
    parser.addoption("--people", type=int, default=40, help="how many a crash test tells")
    parser.addoption("--kills", type=int, default=4, help="how often a crash test kills the run")
    parser.addoption("--fault-seed", type=int, default=20261124, help="chooses moments and points")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--golden-update"):
        os.environ["NOTIFIER_GOLDEN_UPDATE"] = "1"
    for name in [n for n in os.environ if n.startswith("NOTIFIER_") and "GOLDEN" not in n]:
        del os.environ[name]  # a developer's own home must not leak into tests


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Say a failure when it happens: a run that is cut off must have named what it saw."""
    if report.failed and not os.environ.get("PYTEST_XDIST_WORKER"):
        lines = str(report.longrepr).splitlines()
        told = [line for line in lines if line.startswith("E ")][:3] or lines[-1:]
        print(f"\nFAILED {report.nodeid} ({report.when})", *told, sep="\n", file=sys.__stdout__)


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of measuring data; skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the measuring data (../shared) is not here")
    return SHARED
