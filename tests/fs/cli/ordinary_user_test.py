"""What an ordinary user can do: mount and unmount with fusermount3, and be told what he may not do."""

import os
import pathlib
import pwd
import shutil
import stat
import subprocess
import sys

import program

USER = pwd.getpwnam("nobody")


class OrdinaryUser(program.Case):
    def setUp(self):
        super().setUp()
        os.chown(self.dir, USER.pw_uid, USER.pw_gid)
        os.chown(self.point, USER.pw_uid, USER.pw_gid)
        # A build below a home directory is not reachable for everybody.
        self.binary = self.dir / "randomiofs"
        shutil.copy(program.BINARY, self.binary)

    def as_user(self, *words):
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.dir), "XDG_RUNTIME_DIR": str(self.dir)}
        return subprocess.run([self.binary, *map(str, words)], capture_output=True, text=True, timeout=60, check=False,
                              user=USER.pw_uid, group=USER.pw_gid, extra_groups=[], env=environment, stdin=subprocess.DEVNULL)

    def run_as_user(self, *words):
        return subprocess.run(words, user=USER.pw_uid, group=USER.pw_gid, extra_groups=[], capture_output=True, text=True,
                              timeout=60, check=False)

    def test_mount_use_unmount(self):
        done = self.as_user("mount", "memory:", self.point)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        wrote = self.run_as_user("sh", "-c", f"echo hello > {self.point}/a && cat {self.point}/a && stat -c %U {self.point}/a")
        self.assertEqual(wrote.stdout, "hello\nnobody\n", wrote.stderr)
        done = self.as_user("umount", "--wait", self.point)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertNotIn(str(self.point), program.mounts())

    def test_busy(self):
        self.assertEqual(self.as_user("mount", "memory:", self.point).returncode, 0)
        holder = subprocess.Popen(["sh", "-c", f"cd {self.point} && echo in && read end"], user=USER.pw_uid, group=USER.pw_gid,
                                  extra_groups=[], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.assertEqual(holder.stdout.readline(), b"in\n")
        done = self.as_user("umount", self.point)
        holder.communicate(b"\n")
        self.assertEqual(done.returncode, 32)
        self.assertEqual(len(done.stderr.splitlines()), 1)
        for part in (f"{self.point}: ", "Device or resource busy", f"fuser -vm {self.point}", "--lazy"):
            self.assertIn(part, done.stderr)
        self.assertEqual(self.as_user("umount", "--wait", self.point).returncode, 0)

    def test_a_system_without_mtab(self):
        """As a bare debootstrap is: the helper cannot unmount there, and the line says what is missing."""
        self.assertEqual(self.as_user("mount", "memory:", self.point).returncode, 0)
        bare = self.dir / "etc"
        shutil.copytree("/etc", bare, symlinks=True)
        (bare / "mtab").unlink()
        words = ["unshare", "-m", "sh", "-c", 'mount --bind "$1" /etc && exec setpriv --reuid=nobody --clear-groups "$2" umount "$3"',
                 "sh", bare, self.binary, self.point]
        done = subprocess.run([*map(str, words)], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 32, done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertIn("ln -s ../proc/self/mounts /etc/mtab", done.stderr)
        self.assertEqual(self.as_user("umount", "--wait", self.point).returncode, 0)

    def test_a_local_directory(self):
        store = self.dir / "store"
        store.mkdir()
        os.chown(store, USER.pw_uid, USER.pw_gid)
        done = self.as_user("mount", f"file://{store}", self.point)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(self.run_as_user("sh", "-c", f"echo hello > {self.point}/a").returncode, 0)
        self.assertEqual((store / "a").read_text(), "hello\n")
        self.assertEqual((store / "a").stat().st_uid, USER.pw_uid)
        self.assertEqual(self.as_user("umount", self.point).returncode, 0)

    def test_no_permission_for_the_mountpoint(self):
        os.chown(self.point, 0, 0)
        self.assert_refused(self.as_user("mount", "memory:", self.point), 1, f"{self.point}: no permission to mount here")

    def test_no_permission_to_reach_the_mountpoint(self):
        locked = self.dir / "locked"
        locked.mkdir(mode=0o700)
        (locked / "mnt").mkdir()
        self.assert_refused(self.as_user("mount", "memory:", locked / "mnt"), 1, "no permission")

    def test_no_permission_for_the_configuration(self):
        config = self.config("")
        config.chmod(0)
        self.assert_refused(self.as_user("mount", "-c", config, "data", self.point), 1, f"{config}: ", "permission denied")

    def test_no_permission_for_the_backends_directory(self):
        locked = self.dir / "locked"
        locked.mkdir(mode=0o700)
        self.assert_refused(self.as_user("mount", f"file://{locked}/deep", self.point), 1, f"{locked}/deep: permission denied")

    def test_allow_other_needs_fuse_conf(self):
        conf = pathlib.Path("/etc/fuse.conf")
        if conf.exists() and any(line.strip() == "user_allow_other" for line in conf.read_text().splitlines()):
            self.skipTest("/etc/fuse.conf allows it")
        self.assert_refused(self.as_user("mount", "-o", "allow_other", "memory:", self.point), 1, "option 'allow_other'",
                            "/etc/fuse.conf", "user_allow_other")

    def test_anothers_mount(self):
        subprocess.run([program.BINARY, "mount", "memory:", self.point], check=True)
        done = self.as_user("mount", "memory:", self.point)
        self.assertEqual(done.returncode, 32)
        self.assertIn("already mounted", done.stderr)
        done = self.as_user("umount", self.point)
        self.assertEqual(done.returncode, 32)
        self.assertEqual(len(done.stderr.splitlines()), 1)
        self.assertIn(str(self.point), program.mounts())


def can_mount_as_user():
    helper = shutil.which("fusermount3")
    return os.geteuid() == 0 and helper is not None and os.stat(helper).st_mode & stat.S_ISUID


def open_the_device():
    """Starts over where everybody may open /dev/fuse, as udev has it everywhere but in some containers."""
    if os.stat("/dev/fuse").st_mode & 0o006 == 0o006:
        return
    if "RFS_DEVICE_OPENED" in os.environ:
        sys.exit(77)  # Not even that is allowed here.
    script = ("set -e; d=$(mktemp -d); mount -t tmpfs none $d; mknod -m 666 $d/fuse c 10 229; mount --bind $d/fuse /dev/fuse;"
              " umount -l $d; rmdir $d; exec \"$@\"")
    os.environ["RFS_DEVICE_OPENED"] = "1"
    os.execvp("unshare", ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", sys.executable, *sys.argv])


if __name__ == "__main__":
    if not can_mount_as_user():
        sys.exit(77)
    open_the_device()
    program.main()
