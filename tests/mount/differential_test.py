"""The same random operations on the mount and on the native filesystem: the same results, and in the end the same tree.

A failing sequence is made short before it is shown: operations are left out as long as the difference stays.
"""

import os
import random
import shutil

from mounting import case, tree
from mounting.syscalls import (FALLOC_KEEP_SIZE, FALLOC_PUNCH_HOLE, FALLOC_ZERO_RANGE, RENAME_EXCHANGE,
                               RENAME_NOREPLACE, fallocate, renameat2)

NAMES = ("a", "b", "c", "d")
SIZES = (0, 1, 5, 4095, 4096, 4097, 10_000, 65_536, 131_073)


def random_path(chance):
    return "/".join(chance.choice(NAMES) for _ in range(chance.choice((1, 1, 1, 2, 2, 3))))


def random_operation(chance):
    """A tuple that `apply` understands: pure data, so that a sequence can be replayed and shortened."""
    kind = chance.choices(
        ("create", "write", "truncate", "unlink", "mkdir", "rmdir", "rename", "link", "symlink", "chmod", "utime",
         "setxattr", "removexattr", "fallocate", "copy", "open", "close", "handle_write", "handle_read",
         "handle_truncate", "list", "read", "stat", "fsync", "mapped"),
        (10, 12, 5, 6, 9, 3, 9, 5, 3, 3, 3, 3, 1, 4, 4, 6, 4, 8, 5, 3, 3, 5, 3, 1, 2))[0]
    path, other = random_path(chance), random_path(chance)
    offset, size = chance.choice(SIZES), chance.choice(SIZES)
    byte, slot = chance.randrange(1, 256), chance.randrange(4)
    flags = chance.choice((os.O_RDWR, os.O_RDWR | os.O_CREAT, os.O_WRONLY | os.O_APPEND | os.O_CREAT,
                           os.O_RDWR | os.O_CREAT | os.O_EXCL, os.O_RDWR | os.O_TRUNC, os.O_RDONLY))
    mode = chance.choice((0, FALLOC_KEEP_SIZE, FALLOC_PUNCH_HOLE | FALLOC_KEEP_SIZE, FALLOC_ZERO_RANGE,
                          FALLOC_ZERO_RANGE | FALLOC_KEEP_SIZE))
    rename_flags = chance.choice((0, 0, 0, RENAME_NOREPLACE, RENAME_EXCHANGE))
    return kind, path, other, offset, size, byte, slot, flags, mode, rename_flags


class Side:
    """One of the two trees, with its open descriptors."""

    def __init__(self, root):
        self.probe = case.mounted.probe(root)
        self.handles = [None] * 4

    def close(self):
        for fd in self.handles:
            if fd is not None:
                os.close(fd)
        self.handles = [None] * 4

    def with_file(self, path, flags, work):
        fd = os.open(self.probe / path, flags, 0o644)
        try:
            return work(fd)
        finally:
            os.close(fd)

    def apply(self, operation):
        kind, path, other, offset, size, byte, slot, flags, mode, rename_flags = operation
        p, handle, data = self.probe, self.handles[slot], bytes([byte]) * size
        here, there = p / path, p / other
        calls = {
            "create": lambda: self.with_file(path, os.O_CREAT | os.O_WRONLY, lambda fd: None),
            "write": lambda: self.with_file(path, os.O_CREAT | os.O_WRONLY, lambda fd: os.pwrite(fd, data, offset)),
            "read": lambda: self.with_file(path, os.O_RDONLY, lambda fd: os.pread(fd, size, offset)),
            "truncate": lambda: os.truncate(here, offset),
            "unlink": lambda: os.unlink(here),
            "mkdir": lambda: os.mkdir(here),
            "rmdir": lambda: os.rmdir(here),
            "rename": lambda: renameat2(here, there, rename_flags),
            "link": lambda: os.link(here, there, follow_symlinks=False),
            "symlink": lambda: os.symlink(other, here),
            "chmod": lambda: os.chmod(here, 0o600 + byte % 64),
            "utime": lambda: os.utime(here, ns=(offset * 1_000_000_007, size * 1_000_000_009), follow_symlinks=False),
            "setxattr": lambda: os.setxattr(here, f"user.{other[0]}", data[:100]),
            "removexattr": lambda: os.removexattr(here, f"user.{other[0]}"),
            "fallocate": lambda: self.with_file(path, os.O_RDWR, lambda fd: fallocate(fd, mode, offset, size)),
            "copy": lambda: self.with_file(path, os.O_RDONLY, lambda source: self.with_file(
                other, os.O_CREAT | os.O_WRONLY, lambda to: os.copy_file_range(source, to, size, 0, offset))),
            "list": lambda: sorted(os.listdir(here)),
            "stat": lambda: os.lstat(here),
            "fsync": lambda: self.with_file(path, os.O_RDONLY, os.fsync),
            "mapped": lambda: self.with_file(path, os.O_RDWR, lambda fd: self.mapped(fd, data, offset)),
        }
        label = f"{kind} {path}"
        lacks_link = kind == "link" and not p.can("hard_links")
        lacks_exchange = kind == "rename" and rename_flags == RENAME_EXCHANGE and not p.can("exchange")
        # A directory keeps what is said of it for as long as its name, on servers that lose it.
        is_said = kind in ("chmod", "utime", "setxattr", "removexattr")
        lacks_place = is_said and not p.can("marker_metadata") and os.path.isdir(here)
        if lacks_link or lacks_exchange or lacks_place:
            return
        if kind == "open":
            if handle is None:
                self.handles[slot] = p.open(path, flags)
        elif kind == "close":
            if handle is not None:
                os.close(handle)
                self.handles[slot] = None
                p.note("close")
        elif kind.startswith("handle_"):
            if handle is not None:
                p.do(label, {"handle_write": lambda: os.pwrite(handle, data, offset),
                             "handle_read": lambda: os.pread(handle, size, offset),
                             "handle_truncate": lambda: os.ftruncate(handle, offset)}[kind])
                p.note("then", os.fstat(handle))
        else:
            p.do(label, calls[kind])

    def mapped(self, fd, data, offset):
        import mmap
        size = os.fstat(fd).st_size
        if size == 0:
            return None
        with mmap.mmap(fd, size) as view:
            cut = data[:max(0, size - offset)]
            view[offset:offset + len(cut)] = cut
            return bytes(view[max(0, offset - 10):offset + len(cut) + 10])


class differential(case.mounted):
    rounds = 0

    def fresh(self):
        """Two empty folders: a round shares nothing with those before it."""
        type(self).rounds += 1
        folders = [base / f"r{self.rounds}" for base in (self.native, self.mount)]
        for folder in folders:
            folder.mkdir()
        return folders

    def difference(self, operations):
        """What the two sides disagree about, as lines; empty when they agree."""
        folders = self.fresh()
        sides = [Side(folder) for folder in folders]
        try:
            for number, operation in enumerate(operations):
                for side in sides:
                    side.apply(operation)
                native, mount = (side.probe.record for side in sides)
                if native[-2:] != mount[-2:] or len(native) != len(mount):
                    return [f"operation {number}: native {native[-2:]}, mount {mount[-2:]}"]
            for side in sides:
                side.close()
            # Times of what nobody set differ by when it was made.
            known = case.settings.store.abilities
            return tree.differences(*(tree.snapshot(folder, times=False, abilities=known) for folder in folders))
        finally:
            for side in sides:
                side.close()
            for folder in folders:
                for inner, _, _ in os.walk(folder):
                    os.chmod(inner, 0o700)
                shutil.rmtree(folder)

    def shortened(self, operations):
        """The same failure with fewer operations."""
        step = max(1, len(operations) // 2)
        while step:
            at = 0
            while at < len(operations):
                without = operations[:at] + operations[at + step:]
                if without and self.difference(without):
                    operations = without
                else:
                    at += step
            step //= 2
        return operations

    def test_random_operations(self):
        rounds, length = (200, 400) if case.settings.full else (25, 250)
        for number in range(rounds):
            seed = case.settings.seed + number
            chance = random.Random(seed)
            operations = [random_operation(chance) for _ in range(length)]
            if self.difference(operations):
                short = self.shortened(operations)
                lines = self.difference(short)
                self.fail(f"seed {seed} (--seed {case.settings.seed}), {len(short)} operations:\n"
                          + "\n".join(map(repr, short)) + "\n" + "\n".join(lines))

    def test_it_finds_differences(self):
        """A tree that was changed behind its back is noticed and made short."""
        operations = [random_operation(random.Random(number)) for number in range(50)]
        broken = ("create", "a", "b", 0, 0, 1, 0, os.O_RDWR, 0, 0)
        original = Side.apply

        def apply(side, operation):
            original(side, operation)
            if operation == broken and "/native/" in side.probe.root:
                side.probe.note("what the other side has not")

        Side.apply = apply
        try:
            self.assertEqual(self.shortened(operations[:25] + [broken] + operations[25:]), [broken])
        finally:
            Side.apply = original
