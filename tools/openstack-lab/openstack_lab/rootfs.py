"""Root file systems: one per release, and one for what the clusters share."""
import os
import shutil
import subprocess

from . import infra
from .report import LabError, say, timed
from .services.deployed import SERVICES
from .settings import HOME, INFRA_SUITE, RELEASES, ROOTFS, SOURCE

# What every cluster has besides its services: a WSGI server, the cache and the drivers of both.
CLUSTER_PACKAGES = ["uwsgi-plugin-python3", "memcached", "python3-memcache", "python3-pymemcache", "python3-pymysql"]


def built() -> list[str]:
    """The releases that can be started."""
    ready = (ROOTFS / "infra").exists()
    return [release for release in RELEASES if ready and (ROOTFS / release).exists()]


def missing_tools() -> list[str]:
    """What this machine lacks for building and running the lab; empty when it can."""
    lacking = [tool for tool in ("debootstrap", "chroot", "mount", "unshare", "apt-get") if not shutil.which(tool)]
    if os.geteuid() != 0:
        lacking.append("root")
    with open("/proc/filesystems") as kinds:
        if "overlay" not in kinds.read().split():
            lacking.append("overlayfs")
    return lacking


def build(releases: list[str]) -> None:
    if lacking := missing_tools():
        raise LabError(f"the lab cannot be built here, for want of: {', '.join(lacking)}")
    _build("infra", INFRA_SUITE, infra.PACKAGES)
    for release in releases:
        packages = [package for service in SERVICES for package in service.packages]
        _build(release, RELEASES[release], packages + CLUSTER_PACKAGES)


def _build(name: str, suite: str, packages: list[str]) -> None:
    if (ROOTFS / name).exists():
        say(f"{name}: already built")
        return
    (HOME / "log").mkdir(parents=True, exist_ok=True)
    ROOTFS.mkdir(parents=True, exist_ok=True)
    log = HOME / "log" / f"build-{name}.log"
    say(f"{name}: building from Debian {suite}, log in {log}")
    with timed(f"{name}: built"), open(log, "w") as out:
        command = [SOURCE / "build-rootfs.sh", suite, ROOTFS / name, *packages]
        if subprocess.run(command, stdout=out, stderr=out).returncode:
            raise LabError(f"{name}: build failed, see {log}")
