"""Free loopback ports."""

import random
import socket

LOWEST, HIGHEST = 20000, 29999  # Below Linux's ephemeral ports (32768 on), where a connection may sit at any time.


def is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free(count, also=(0,)):
    """Ports of which each, plus each of the offsets `also`, is free. Somebody may take one before it is used: a
    caller whose server does not come up asks again."""
    found = []
    for port in random.SystemRandom().sample(range(LOWEST, HIGHEST), HIGHEST - LOWEST):
        if all(is_free(port + offset) for offset in also):
            found.append(port)
            if len(found) == count:
                return found
    raise OSError(f"no {count} free ports between {LOWEST} and {HIGHEST}")
