"""How the clients' stories are told: each function of a file is one, in order."""

import inspect


def refused(kind, call):
    """Says that a call is refused with this exception, and returns it."""
    try:
        outcome = call()
    except kind as error:
        return error
    raise AssertionError(f"not refused with {kind.__name__}: {outcome!r}")


def run(names):
    """Runs every function whose name is a sentence: a sentence needs nothing to be told."""
    for name, story in list(names.items()):
        if inspect.isfunction(story) and story.__module__ == "__main__" and "_" in name:
            if not inspect.signature(story).parameters:
                story()
                print(f"  {name.replace('_', ' ')}", flush=True)
