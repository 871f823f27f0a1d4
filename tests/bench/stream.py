#!/usr/bin/env python3
"""Streams a large file through a mounted bucket, there and back, beside rclone's mount in the same run.

    tests/bench/stream.py BINARY [--size GIB] [--rounds N]

Every mount is a process of its own that does nothing else, on the same S3 server; what is read is compared with what was
written. Prints medians of the rounds: MB/s, and the most memory that was resident (VmHWM). Ends with 1 when ours had more
than `daemon.memory` and 64 MiB.
"""

import argparse
import contextlib
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from mounting import backends, daemon, kernel  # noqa: E402

MIB = 1 << 20
MEMORY, ALLOWED = 256 * MIB, 64 * MIB  # daemon.memory, as it is by default, and what may be on top of it.
BODY = random.Random(1).randbytes(MIB - 8)


def block(number):
    return number.to_bytes(8, "little") + BODY


def write(path, count):
    with open(path, "wb", buffering=0) as file:
        for number in range(count):
            file.write(block(number))
        os.fsync(file.fileno())


def read(path, count):
    with open(path, "rb", buffering=0) as file:
        for number in range(count):
            got = file.read(MIB)
            while len(got) < MIB and (more := file.read(MIB - len(got))):
                got += more
            if got != block(number):
                raise SystemExit(f"{path}: block {number} differs")
        if file.read(1):
            raise SystemExit(f"{path}: longer than what was written")


def peak_rss(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise SystemExit(f"no peak of process {pid}")


@contextlib.contextmanager
def ours(binary, store, work):
    """A mount of the bucket by randomiofs. Yields its directory and its process."""
    point, state = work / "mount", work / "state"
    for folder in (point, state):
        folder.mkdir()
    config = work / "randomiofs.toml"
    config.write_text(backends.config({"/": store.table(work.parent / "ours" / "store")}, state))
    running = daemon.Daemon(binary, config, "test", point, work / "log", "")
    running.start()
    try:
        yield point, running.process.pid
    finally:
        running.stop()


@contextlib.contextmanager
def rclone(_, store, work):
    """The same by rclone, which streams what is written in order and keeps no file on the disk."""
    point = work / "mount"
    point.mkdir()
    server = store.server
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | {
        "RCLONE_CONFIG": os.devnull, "RCLONE_CONFIG_BENCH_TYPE": "s3", "RCLONE_CONFIG_BENCH_PROVIDER": "Other",
        "RCLONE_CONFIG_BENCH_ENDPOINT": server.endpoint, "RCLONE_CONFIG_BENCH_ACCESS_KEY_ID": server.access_key,
        "RCLONE_CONFIG_BENCH_SECRET_ACCESS_KEY": server.secret_key, "RCLONE_CONFIG_BENCH_REGION": server.region}
    with open(work / "log", "wb") as log:
        process = subprocess.Popen(["rclone", "mount", f"bench:{server.bucket}/rclone", point, "--vfs-cache-mode", "off",
                                    "--s3-chunk-size", "8M"], env=environment, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 60
        while str(point) not in kernel.mounts_under(point):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"rclone did not mount:\n{(work / 'log').read_text()}")
            time.sleep(0.05)
        yield point, process.pid
    finally:
        for mounted in kernel.mounts_under(point):
            kernel.unmount(mounted)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def measure(mounter, binary, store, work, count, rounds):
    """Direction → (MB/s, bytes of memory). Reading is done by a mount that has seen nothing yet."""
    found = {"write": [], "read": []}
    for number in range(rounds):
        for direction, act in (("write", write), ("read", read)):
            place = work / f"{mounter.__name__}-{direction}-{number}"
            place.mkdir()
            with mounter(binary, store, place) as (point, pid):
                start = time.monotonic()
                act(point / "stream", count)
                took = time.monotonic() - start
                found[direction].append((count * MIB / 1e6 / took, peak_rss(pid)))
                if direction == "read":
                    os.unlink(point / "stream")
    return {direction: (statistics.median(speed for speed, _ in all_of), max(memory for _, memory in all_of))
            for direction, all_of in found.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary", type=pathlib.Path, help="the randomiofs to measure")
    parser.add_argument("--size", type=float, default=10, help="GiB of the file (10)")
    parser.add_argument("--rounds", type=int, default=1, help="of which the median is shown (1)")
    parser.add_argument("--alone", action="store_true", help="without rclone")
    options = parser.parse_args()
    count = int(options.size * 1024)
    work = pathlib.Path(tempfile.mkdtemp(prefix="rfs-stream-", dir=os.environ.get("RANDOMIOFS_TEST_DIR", "/var/tmp")))
    if shutil.disk_usage(work).free < 3 * count * MIB:
        raise SystemExit(f"{work}: not three times {options.size:g} GiB free")
    store = backends.S3()
    store.start()
    try:
        mine = measure(ours, options.binary, store, work, count, options.rounds)
        peer = None if options.alone else measure(rclone, options.binary, store, work, count, options.rounds)
    finally:
        store.stop()
        shutil.rmtree(work, ignore_errors=True)
    print(f"| {options.size:g} GiB | MB/s | peak RSS, MiB |" + ("" if peer is None else
          " rclone, MB/s | peak RSS, MiB | speed, ratio |"))
    print("|---|---|---|" + ("" if peer is None else "---|---|---|"))
    for direction, (speed, memory) in mine.items():
        line = f"| {direction} | {speed:.0f} | {memory / MIB:.0f} |"
        if peer is not None:
            line += f" {peer[direction][0]:.0f} | {peer[direction][1] / MIB:.0f} | {speed / peer[direction][0]:.2f} |"
        print(line)
    over = [direction for direction, (_, memory) in mine.items() if memory > MEMORY + ALLOWED]
    if over:
        print(f"more memory than {(MEMORY + ALLOWED) // MIB} MiB: {', '.join(over)}", file=sys.stderr)
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
