"""A running copy of a root file system: an overlay, its mounts, and the processes inside it."""
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Iterator

from .report import LabError

BASE_ENV = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C.UTF-8"}


class Chroot:
    """`rootfs` is never written to; what changes lies in `home`, so that removing `home` forgets it."""

    def __init__(self, rootfs: Path, home: Path, env: dict[str, str] | None = None):
        self.rootfs, self.home = rootfs, home
        self.root, self.logs = home / "root", home / "log"
        self.env = {**BASE_ENV, **(env or {})}

    # Mounts.

    def mount(self) -> None:
        if not self.rootfs.exists():
            raise LabError(f"{self.rootfs.name} is not built: run lab build")
        for folder in ("upper", "work", "root", "log"):
            (self.home / folder).mkdir(parents=True, exist_ok=True)
        if not os.path.ismount(self.root):
            layers = f"lowerdir={self.rootfs.resolve()},upperdir={self.home}/upper,workdir={self.home}/work"
            subprocess.run(["mount", "-t", "overlay", f"lab-{self.home.name}", "-o", layers, self.root], check=True)
        for source in ("/proc", "/dev", "/sys"):
            target = self.root / source[1:]
            if not os.path.ismount(target):
                subprocess.run(["mount", "--rbind", source, target], check=True)
                subprocess.run(["mount", "--make-rslave", target], check=True)
        (self.root / "etc/hosts").write_text(f"127.0.0.1 localhost {os.uname().nodename}\n")
        (self.root / "run/lab").mkdir(exist_ok=True)

    def umount(self) -> None:
        for target in (self.root / "sys", self.root / "dev", self.root / "proc", self.root):
            while os.path.ismount(target):
                subprocess.run(["umount", "-lR", target], check=True)

    # Processes. Whatever has this root as its own belongs to it, however it was started.

    def pids(self) -> Iterator[int]:
        for entry in filter(str.isdigit, os.listdir("/proc")):
            try:
                if os.readlink(f"/proc/{entry}/root") == str(self.root):
                    yield int(entry)
            except OSError:
                continue

    def services(self) -> dict[str, list[int]]:
        """Running pids by service. A service is a session; a file in /run/lab holds its leader's pid."""
        names = {int(file.read_text()): file.name for file in (self.root / "run/lab").glob("*")}
        found: dict[str, list[int]] = {}
        for pid in self.pids():
            try:
                found.setdefault(names.get(os.getsid(pid), "other"), []).append(pid)
            except ProcessLookupError:
                continue
        return found

    def start(self, service: str, argv: list[str], **env: str) -> None:
        """Start a service in the background unless it runs already; its output goes to log/SERVICE.log."""
        if service in self.services():
            return
        with open(self.logs / f"{service}.log", "ab") as out:
            child = subprocess.Popen(["chroot", self.root, *argv], stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                     start_new_session=True, env={**self.env, **env})
        (self.root / "run/lab" / service).write_text(str(child.pid))

    def run(self, *argv: str) -> str:
        """Run a command to its end; its output is the answer, or the error when it fails."""
        done = subprocess.run(["chroot", self.root, *argv], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, env=self.env)
        if done.returncode:
            raise LabError(f"{' '.join(argv)}: exit {done.returncode}\n{done.stdout[-4000:]}")
        return done.stdout

    def succeeds(self, *argv: str) -> bool:
        return subprocess.run(["chroot", self.root, *argv], capture_output=True, env=self.env).returncode == 0

    def stop(self, grace_seconds: float = 15) -> None:
        """SIGTERM, and SIGKILL for what is still there after the grace."""
        end = time.monotonic() + grace_seconds
        signalled: set[int] = set()
        while pids := set(self.pids()):
            late = time.monotonic() > end
            for pid in pids if late else pids - signalled:
                try:
                    os.kill(pid, signal.SIGKILL if late else signal.SIGTERM)
                except ProcessLookupError:
                    continue
            signalled |= pids
            time.sleep(0.2)

    def down(self) -> None:
        self.stop()
        self.umount()

    def destroy(self) -> None:
        self.down()
        shutil.rmtree(self.home, ignore_errors=True)


def memory_kib(pid: int) -> int:
    """The proportional set size: shared pages are divided among those who share them."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0
