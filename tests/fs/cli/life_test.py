"""The life of a mount: into the background, signals, options, systemd's notifications, the log, unmounting."""

import os
import pathlib
import re
import signal
import socket
import stat
import subprocess
import sys

import program


def daemons_of(point):
    """Process ids of `randomiofs mount … POINT`."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if str(point).encode() in words and b"mount" in words:
            found.append(int(entry.name))
    return found


class Life(program.Case):
    def mount(self, *words, env=None):
        done = self.run_it("mount", *words, env=env)
        self.assertEqual((done.returncode, done.stderr, done.stdout), (0, "", ""))

    def test_in_the_background(self):
        self.mount("memory:", self.point)
        # The parent has returned, so the mount is there and answers.
        (self.point / "a").write_text("hello")
        self.assertEqual((self.point / "a").read_text(), "hello")
        pid, = daemons_of(self.point)
        self.assertEqual(os.readlink(f"/proc/{pid}/cwd"), "/")
        for fd in range(3):
            self.assertEqual(os.readlink(f"/proc/{pid}/fd/{fd}"), "/dev/null")
        self.assertEqual(os.getsid(pid), pid)
        done = self.run_it("umount", "--wait", self.point)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(daemons_of(self.point), [])
        self.assertEqual(program.mounts().count(str(self.point)), 0)

    def test_relative_paths_and_links(self):
        done = self.run_it("mount", "memory:", "mnt/", cwd=self.dir)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(str(self.point), program.mounts())
        self.assertEqual(self.run_it("umount", "./mnt", cwd=self.dir).returncode, 0)
        (self.dir / "link").symlink_to("mnt")
        self.assertEqual(self.run_it("mount", "memory:", self.dir / "link").returncode, 0)
        self.assertIn(str(self.point), program.mounts())

    def test_signals_unmount(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            with self.subTest(number.name):
                daemon = self.foreground("memory:", self.point)
                (self.point / "a").write_text("x")
                daemon.send_signal(number)
                _, said = daemon.communicate(timeout=30)
                self.assertEqual(daemon.returncode, 0, said)
                self.assertNotIn(str(self.point), program.mounts())
                self.assertRegex(said, r"(?m)^[\d-]+T[\d:.]+Z info mounted source=memory: mountpoint=\S+ loop=\w+$")
                self.assertRegex(said, r"(?m) info unmounted source=memory:")

    def test_umount_of_others_ends_the_daemon(self):
        daemon = self.foreground("memory:", self.point)
        subprocess.run(["umount", self.point], check=True)
        daemon.communicate(timeout=30)
        self.assertEqual(daemon.returncode, 0)

    def test_lazy_umount_lets_open_files_go_on(self):
        self.mount("memory:", self.point)
        with open(self.point / "a", "w+", encoding="utf-8") as file:
            file.write("before")
            self.assertEqual(self.run_it("umount", "--lazy", self.point).returncode, 0)
            self.assertNotIn(str(self.point), program.mounts())
            file.seek(0)
            self.assertEqual(file.read(), "before")

    def test_a_tree_and_its_options(self):
        store = self.dir / "store"
        store.mkdir()
        config = self.config(f'''
[backend.m]
type = "memory"
[backend.l]
type = "local"
root = "{store}"
[mount.data]
paths = {{ "/memory" = "m", "/deep/local" = "l" }}
mountpoint = "{self.point}"
umask = 0o077
''')
        self.mount("-c", config, "-o", "uid=12,gid=34,m.size=8MiB", "data")
        self.assertEqual(sorted(os.listdir(self.point)), ["deep", "memory"])
        (self.point / "deep/local/a").write_text("x")
        self.assertEqual((store / "a").read_text(), "x")
        status = (self.point / "deep/local/a").stat()
        self.assertEqual((status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode) & 0o077), (12, 34, 0))
        usage = os.statvfs(self.point / "memory")
        self.assertEqual(usage.f_blocks * usage.f_frsize, 8 << 20)
        done = self.run_it("umount", "--wait", "-c", config, "data")
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_mount_options_reach_the_kernel(self):
        self.mount("-o", "ro,nosuid,nodev,noexec,noatime,allow_other,default_permissions,_netdev,nofail,noauto,user,"
                   "x-systemd.automount,x-systemd.idle-timeout=1min,X-mount.mkdir,comment=a", "memory:", self.point)
        line, = [each for each in pathlib.Path("/proc/self/mountinfo").read_text().splitlines() if f" {self.point} " in each]
        for option in ("ro", "nosuid", "nodev", "noexec", "noatime", "allow_other", "default_permissions"):
            self.assertRegex(line, rf"[ ,]{option}\b")
        with self.assertRaisesRegex(OSError, "Read-only"):
            (self.point / "a").touch()

    def test_a_value_with_a_comma(self):
        store = self.dir / "a,b"
        store.mkdir()
        (store / "f").write_text("x")
        config = self.config('[backend.l]\ntype = "local"\nroot = "/tmp"\n[mount.d]\npaths = { "/" = "l" }\n')
        self.mount("-c", config, "-o", f'ro,"l.root={store}",nosuid', "d", self.point)
        self.assertEqual((self.point / "f").read_text(), "x")

    def test_uri_settings(self):
        self.mount("-o", "size=4MiB", "memory:", self.point)
        usage = os.statvfs(self.point)
        self.assertEqual(usage.f_blocks * usage.f_frsize, 4 << 20)

    def test_nonempty_when_asked(self):
        (self.point / "below").touch()
        self.mount("-o", "nonempty", "memory:", self.point)
        self.assertEqual(os.listdir(self.point), [])

    def test_a_log_file(self):
        log = self.dir / "log"
        self.mount("-o", f"log_file={log},log=info", "memory:", self.point)
        self.assertEqual(self.run_it("umount", "--wait", self.point).returncode, 0)
        lines = log.read_text().splitlines()
        self.assertEqual(len(lines), 2, lines)
        self.assertRegex(lines[0], rf"info mounted source=memory: mountpoint={re.escape(str(self.point))} ")
        self.assertEqual(stat.S_IMODE(log.stat().st_mode) & 0o007, 0)

    def test_systemd_is_told(self):
        path = self.dir / "notify"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
            listening.bind(str(path))
            listening.settimeout(30)
            daemon = self.foreground("memory:", self.point, env={"NOTIFY_SOCKET": str(path)})
            ready = listening.recv(4096).decode()
            self.assertIn("READY=1", ready)
            self.assertIn(f"STATUS=memory: mounted at {self.point}", ready)
            daemon.send_signal(signal.SIGTERM)
            self.assertEqual(listening.recv(4096).decode(), "STOPPING=1")
            daemon.communicate(timeout=30)

    def test_loops(self):
        for loop in ("uring", "epoll"):
            daemon = self.foreground("-o", f"loop={loop},threads=1", "memory:", self.point)
            (self.point / "a").write_bytes(b"x" * (3 << 20))
            self.assertEqual((self.point / "a").stat().st_size, 3 << 20)
            daemon.send_signal(signal.SIGTERM)
            _, said = daemon.communicate(timeout=30)
            self.assertIn(f"loop={loop}", said)

    def test_the_kernel_reads_ahead_as_far_as_a_request_reaches(self):
        self.mount("memory:", self.point)
        device = self.point.stat().st_dev
        ahead = pathlib.Path(f"/sys/class/bdi/{os.major(device)}:{os.minor(device)}/read_ahead_kb")
        self.assertEqual(ahead.read_text(), "1024\n")

    def test_check(self):
        config = self.config('[backend.m]\ntype = "memory"\n[mount.d]\npaths = { "/" = "m" }\n')
        done = self.run_it("check", "-c", config)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, f"{config}: ok: 1 backend, 1 mount\n", ""))

    def test_help_and_version(self):
        self.assertRegex(self.run_it("--version").stdout, r"^randomiofs \d+\.\d+\.\d+\n$")
        for words in (["--help"], ["mount", "--help"], ["umount", "--help"], ["check", "--help"],
                      ["uploads", "--help"]):
            done = self.run_it(*words)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertIn("Examples:\n", done.stdout)

    def test_the_users_own_configuration_is_found(self):
        (self.dir / "config").mkdir()
        self.config(f'[backend.m]\ntype = "memory"\n[mount.mine]\npaths = {{ "/" = "m" }}\nmountpoint = "{self.point}"\n',
                    "config/randomiofs.toml")
        done = self.run_it("mount", "mine")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn(str(self.point), program.mounts())


if __name__ == "__main__":
    if os.geteuid() != 0:
        sys.exit(77)
    program.main()
