"""The signals that end us."""

import signal


def ends() -> list[signal.Signals]:
    """Ctrl-C, SIGTERM and a closed terminal, unless `nohup` says to live on without one."""
    found = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        found.append(signal.SIGHUP)
    return found
