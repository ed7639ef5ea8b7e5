"""How long the word of a server is believed that nothing has changed since something was read whole."""

import time

#: In seconds. A server that was set back to an older state under the same mark is seen when that time is over.
BELIEVED = 24 * 3600


def is_believed(at: int) -> bool:
    """Tell whether what was read at a time (seconds since 1970) is still believed; what is yet to come isn't."""
    return 0 <= time.time() - at < BELIEVED
