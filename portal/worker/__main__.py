"""`python -m portal.worker`: act on the outbox until told to stop."""

import gc
import logging
import os
import sys

from portal.factory import create_app
from portal.worker.loop import AlreadyRunning, Worker, listen_to_signals


def main() -> int:
    """Run one worker; returns the exit code."""
    worker = Worker(create_app())
    listen_to_signals(worker)
    gc.freeze()  # what was imported stays: looking through it again took a fifth of a large import
    try:
        worker.run()
    except AlreadyRunning as problem:
        print(problem, file=sys.stderr)  # noqa: T201 (said to whoever started it)
        return 1
    return 0


if __name__ == "__main__":
    code = main()
    logging.shutdown()
    sys.stderr.flush()
    os._exit(code)  # a handler still waiting for a silent server is taken up at the next start, not waited for
