"""The worker: the process that acts on the outbox, with DBOS as its engine. Started by `python -m portal.worker`.

`claims` takes due rows, `delivery` runs the handlers of one row, `engine` is all that is said to DBOS, `life` tells
who is alive, and `loop` turns. Nothing of the web imports this package.
"""
