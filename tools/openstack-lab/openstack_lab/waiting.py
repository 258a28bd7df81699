"""Polling with a deadline."""
import time
from typing import Callable, TypeVar

from .report import LabError

Result = TypeVar("Result")


def until(what: str, probe: Callable[[], Result], seconds: float = 120) -> Result:
    """Ask until the probe answers something true; an exception counts as "not yet" and is shown at the end."""
    end = time.monotonic() + seconds
    while True:
        try:
            result = probe()
            if result:
                return result
            reason = repr(result)
        except (LabError, OSError, ValueError, LookupError) as error:
            reason = str(error)
        if time.monotonic() > end:
            raise LabError(f"{what}: not ready after {seconds:.0f} s: {reason}")
        time.sleep(0.3)
