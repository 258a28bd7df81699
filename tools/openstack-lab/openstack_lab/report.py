"""What the lab says to people (stderr); stdout belongs to the answers of its commands."""
import sys
import time
from contextlib import contextmanager
from typing import Iterator


class LabError(Exception):
    """Something the person at the terminal can act on; shown without a traceback."""


def say(text: str) -> None:
    print(time.strftime("%T"), text, file=sys.stderr, flush=True)


@contextmanager
def timed(what: str) -> Iterator[None]:
    begin = time.monotonic()
    yield
    say(f"{what} ({time.monotonic() - begin:.0f} s)")
