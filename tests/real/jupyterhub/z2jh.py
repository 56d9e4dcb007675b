"""What the image of the chart's hub gives its configuration: the values that the chart was told.

The chart's own module reads them from a mounted secret; this one from the file that VALUES names.
"""

import json
import os
import pathlib

_VALUES = json.loads(pathlib.Path(os.environ["VALUES"]).read_text())


def get_config(path, default=None):
    """Returns a value by its path, `hub.config`."""
    value = _VALUES
    for step in path.split("."):
        if not isinstance(value, dict) or step not in value:
            return default
        value = value[step]
    return value
