"""What was written is there, byte for byte, after an unmount and a new mount (where the backend keeps things)."""

import os
import tempfile
import pathlib
import time

from mounting import case, tree
from programs_test import FILES_MIN, repository, run, source_tarball


class remount(case.mounted):
    def setUp(self):
        super().setUp()
        if not self.persistent:
            self.skipTest("the backend keeps nothing")

    def test_history_and_sources(self):
        git = repository(self.native)
        git.clone(self.mount / "clone")
        archive = self.native / "sources.tar.gz"
        self.assertGreaterEqual(source_tarball(archive), FILES_MIN)
        run("cp", archive, self.mount / "sources.tar.gz")
        run("tar", "-xzf", archive, "-C", self.mount)
        run("tar", "-xzf", archive, "-C", self.native)
        def seen():
            return tree.snapshot(self.mount, abilities=case.settings.store.abilities)
        before = seen()
        self.remount()
        self.assertEqual(tree.differences(before, seen()), [])
        git("fsck", "--full", "--strict", cwd=self.mount / "clone")
        self.assertEqual(git("status", "--porcelain", cwd=self.mount / "clone"), "")
        self.assertEqual(git("rev-parse", "HEAD", cwd=self.mount / "clone"), git("rev-parse", "HEAD", cwd=git.path))
        run("cmp", archive, self.mount / "sources.tar.gz")
        self.assertEqual(run("diff", "-r", self.native / "sources", self.mount / "sources"), "")

    def test_attributes(self):
        names = ["plain", "mode", "link", "fifo", "sparse"]
        if case.can("marker_metadata"):
            names.append("folder")
        (self.mount / "plain").write_bytes(b"x" * 5000)
        os.utime(self.mount / "plain", ns=(1_234_567_890_123_456_789, 1_987_654_321_987_654_321))
        (self.mount / "mode").write_bytes(b"")
        os.chmod(self.mount / "mode", 0o4710)
        os.symlink("plain", self.mount / "link")
        if case.can("hard_links"):
            os.link(self.mount / "plain", self.mount / "hard")
            names.append("hard")
        os.mkfifo(self.mount / "fifo")
        (self.mount / "folder").mkdir()
        os.setxattr(self.mount / "folder", "user.kept", b"1")
        with open(self.mount / "sparse", "wb") as file:
            file.truncate((10 << 30) if case.can("sparse") else (10 << 20))
        if os.geteuid() == 0:
            os.chown(self.mount / "mode", 65534, 1)
            os.chmod(self.mount / "mode", 0o4710)
        before = {name: os.lstat(self.mount / name) for name in names}
        self.remount()
        for name in names:
            seen = os.lstat(self.mount / name)
            for field in ("st_mode", "st_uid", "st_gid", "st_size", "st_nlink", "st_mtime_ns"):
                self.assertEqual(getattr(seen, field), getattr(before[name], field), f"{name} {field}")
        if "folder" in names:
            self.assertEqual(os.getxattr(self.mount / "folder", "user.kept"), b"1")

    def test_times_of_large_files(self):
        """Object stores stream them while they are written: what cp and rsync set afterwards is what counts."""
        source = self.native / "source"
        source.write_bytes(os.urandom(1 << 20) * 24)
        os.utime(source, ns=(1_234_567_890_123_456_789, 1_987_654_321_987_654_321))
        run("cp", "-p", source, self.mount / "cp")
        run("rsync", "-t", source, self.mount / "rsync")
        run("cp", source, self.mount / "plain")
        with open(self.mount / "before", "wb") as file:
            file.write(source.read_bytes())
            os.utime(file.fileno(), ns=(1, 1_987_654_321_987_654_321))
        names = ["cp", "rsync", "plain", "before"]
        before = {name: os.stat(self.mount / name).st_mtime_ns for name in names}
        self.assertEqual({name: before[name] for name in names if name != "plain"},
                         dict.fromkeys(["cp", "rsync", "before"], 1_987_654_321_987_654_321))
        time.sleep(1.1)  # Longer than attr_ttl.
        self.assertEqual({name: os.stat(self.mount / name).st_mtime_ns for name in names}, before)
        self.remount()
        self.assertEqual({name: os.stat(self.mount / name).st_mtime_ns for name in names}, before)

    def test_unlinked_files_are_gone(self):
        fd = os.open(self.mount / "f", os.O_CREAT | os.O_RDWR)
        os.write(fd, b"x" * 1000)
        os.unlink(self.mount / "f")
        os.close(fd)
        self.remount()
        self.assertEqual(os.listdir(self.mount), [])

    @case.needs("local_store")
    def test_the_store_holds_plain_files(self):
        """What the mount wrote, other programs read where it is stored."""
        with tempfile.TemporaryDirectory(dir=self.mount) as folder:
            pathlib.Path(folder, "f").write_bytes(b"plain")
            inside = self.store / self.mount.name / pathlib.Path(folder).name / "f"
            self.assertEqual(inside.read_bytes(), b"plain")
            inside.write_bytes(b"from below")
            os.sync()
            import time
            time.sleep(1.2)  # The attributes' time to live.
            self.assertEqual(pathlib.Path(folder, "f").read_bytes(), b"from below")
