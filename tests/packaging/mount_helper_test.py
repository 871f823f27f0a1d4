"""mount(8): `mount -t randomiofs`, lines of an fstab, `umount`, and the contract of its helper.

mount(8) looks for helpers in /sbin only, so the tests run in a mount namespace of their own, where an overlay puts
the installed one there. The machine's /sbin is not touched.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest


def mountinfo(point):
    """The line of a mountpoint, or None."""
    for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines():
        if line.split()[4] == str(point):
            return line
    return None


def run(*words, **more):
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=60, check=False, **more)


class MountHelper(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="rfs-helper-", dir="/var/tmp"))
        self.point = self.dir / "mnt"
        self.point.mkdir()
        self.addCleanup(self.clean)

    def clean(self):
        while mountinfo(self.point):
            if run("umount", "-l", self.point).returncode != 0:
                break
        shutil.rmtree(self.dir, ignore_errors=True)

    def assert_done(self, done):
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_mount_and_umount(self):
        self.assert_done(run("mount", "-t", "randomiofs", "memory:", self.point, "-o", "size=4MiB,noatime"))
        self.assertRegex(mountinfo(self.point), r"noatime.* - fuse.randomiofs memory: ")
        (self.point / "a").write_text("hello")
        usage = os.statvfs(self.point)
        self.assertEqual(usage.f_blocks * usage.f_frsize, 4 << 20)
        self.assert_done(run("umount", self.point))
        self.assertIsNone(mountinfo(self.point))

    def test_a_failure_has_one_line_and_its_code(self):
        done = run("mount", "-t", "randomiofs", "s4://x", self.point)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertIn("unknown scheme", done.stderr)
        (self.point / "precious").touch()
        done = run("mount", "-t", "randomiofs", "memory:", self.point)
        self.assertEqual(done.returncode, 32)
        self.assertIn("is not empty", done.stderr)

    def test_fstab(self):
        store = self.dir / "store"
        store.mkdir()
        config = self.dir / "x.toml"
        config.write_text(f'[backend.l]\ntype = "local"\nroot = "{store}"\n[mount.data]\npaths = {{ "/l" = "l" }}\n')
        other, third = self.dir / "other", self.dir / "third"
        other.mkdir()
        third.mkdir()
        self.addCleanup(run, "umount", "-l", other)
        fstab = self.dir / "fstab"
        fstab.write_text(
            f"data {self.point} randomiofs config={config},_netdev,nofail,x-systemd.automount,x-systemd.idle-timeout=1min,"
            "uid=12,gid=34,umask=027,allow_other,default_permissions 0 0\n"
            f"memory: {other} randomiofs ro,nosuid,nodev,noexec,size=1MiB 0 0\n"
            f"memory: {third} randomiofs noauto 0 0\n")
        self.assert_done(run("mount", "-T", fstab, self.point))
        line = mountinfo(self.point)
        self.assertRegex(line, r" - fuse.randomiofs data .*allow_other")
        (self.point / "l/a").write_text("x")
        status = (self.point / "l/a").stat()
        self.assertEqual((status.st_uid, status.st_gid, status.st_mode & 0o027), (12, 34, 0))
        self.assertEqual((store / "a").read_text(), "x")
        # What is mounted already and what is noauto stays as it is.
        self.assert_done(run("mount", "-a", "-T", fstab))
        self.assertRegex(mountinfo(other), r" ro,nosuid,nodev,noexec")
        self.assertIsNone(mountinfo(third))
        self.assert_done(run("umount", self.point))
        self.assertEqual((store / "a").read_text(), "x")

    def test_the_contract(self):
        helper = "/sbin/mount.randomiofs"
        self.assert_done(run(helper, "memory:", self.point, "-f", "-o", "rw"))  # Fake: all but the mount itself.
        self.assertIsNone(mountinfo(self.point))
        self.assert_done(run(helper, "memory:", self.point, "-n", "-v", "-s", "-t", "randomiofs.x", "-o", "rw", "-o", "noexec"))
        self.assertIn("noexec", mountinfo(self.point))
        self.assertEqual(run(helper, "memory:").returncode, 1)
        self.assertEqual(run(helper, "memory:", self.point, "-Z").returncode, 1)

    def test_another_namespace(self):
        pid = str(os.getpid())
        self.assert_done(run("/sbin/mount.randomiofs", "memory:", self.point, "-N", pid, "-o", "noexec"))
        self.assertIn("noexec", mountinfo(self.point))


def with_helper_in_sbin(build):
    """Starts over in a namespace of its own, with the helper where mount(8) looks for it."""
    scratch = tempfile.mkdtemp(prefix="rfs-prefix-", dir="/var/tmp")
    try:
        subprocess.run(["cmake", "--install", build, "--prefix", scratch], check=True, capture_output=True)
        links = pathlib.Path(scratch, "links")
        links.mkdir()
        (links / "mount.randomiofs").symlink_to(f"{scratch}/sbin/mount.randomiofs")
        script = ('set -e; sbin=$(readlink -f /sbin); '
                  'mount -t overlay -o "lowerdir=$1:$sbin" overlay "$sbin" || exit 77; shift; exec "$@"')
        environment = {**os.environ, "RFS_HELPER_READY": "1"}
        words = ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", str(links), sys.executable, *sys.argv]
        return subprocess.run(words, env=environment, check=False).returncode
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    if os.geteuid() != 0:
        sys.exit(77)
    if "RFS_HELPER_READY" not in os.environ:
        sys.exit(with_helper_in_sbin(sys.argv[2]))
    unittest.main(argv=[sys.argv[0], *sys.argv[5:]], verbosity=2)
