"""What the kernel says about mounts and processes, and how to end both."""

import os
import pathlib
import signal
import subprocess
import time


def mounts_under(folder):
    """Mount points at or below a folder, the deepest first. Works on a dead mount too: it asks the kernel only."""
    folder = str(folder)
    found = []
    for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines():
        point = line.split(" ")[4].encode().decode("unicode_escape")
        if point == folder or point.startswith(folder + "/"):
            found.append(point)
    return sorted(found, key=len, reverse=True)


# Set to the working directory for all that a run starts: it is inherited by what leaves the session, too.
MARK = "RANDOMIOFS_TEST_WORK"


def processes_of(folder):
    """Ids of the processes, other than this one, that a run with this working directory, or one below, started."""
    marked = os.fsencode(f"{MARK}={folder}")
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit() or int(entry) == os.getpid():
            continue
        try:
            environment = pathlib.Path("/proc", entry, "environ").read_bytes().split(b"\0")
            state = pathlib.Path("/proc", entry, "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        ours = any(name == marked or name.startswith(marked + b"/") for name in environment)
        if ours and state != "Z":
            found.append(int(entry))
    return found


def unmount(point):
    """Unmounts, by force of patience: politely, then lazily. True when the first, polite way worked."""
    fusermount = ["fusermount3", "-u", point]
    polite = subprocess.run(fusermount, capture_output=True, text=True)
    for _ in range(50):  # Somebody may still be closing a file.
        if polite.returncode == 0:
            return True
        if "busy" not in polite.stderr:
            break
        time.sleep(0.1)
        polite = subprocess.run(fusermount, capture_output=True, text=True)
    for lazy in (["fusermount3", "-uz", point], ["umount", "-l", point]):
        if point not in mounts_under(point):
            break
        subprocess.run(lazy, capture_output=True)
    return False


def end(pid, patience_s=5):
    """Ends a process of ours: asks, waits, kills."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                return
            time.sleep(0.05)


def clean(folder):
    """Ends what a run in a folder started and unmounts what is mounted below it. Returns what there was.

    Processes first: with its daemon gone a mount cannot hang any more.
    """
    left = [f"mount {point}" for point in mounts_under(folder)]
    for pid in processes_of(folder):
        left.append(f"process {pid}")
        end(pid)
    for point in mounts_under(folder):
        unmount(point)
    return left
