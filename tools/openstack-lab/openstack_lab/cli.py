"""The command line."""
import argparse
import fcntl
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Iterator

import openstack_lab

from . import rootfs
from .chroot import memory_kib
from .cluster import Cluster, find, known
from .infra import Infra
from .report import LabError
from .settings import HOME, PASSWORD, REGION, RELEASES

EPILOG = f"""A cluster's NAME is a release ({', '.join(RELEASES)}) or RELEASE-ANYTHING for a second one of it.
State is kept under $ULTRON_LAB_HOME, here {HOME}. Building and running need root, debootstrap and overlayfs."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="lab", description=openstack_lab.__doc__, epilog=EPILOG)
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name: str, run: Any, text: str, names: str = "") -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(run=run)
        sub.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="answer in JSON")
        if names:
            sub.add_argument("name" if names == "1" else "names", **({} if names == "1" else {"nargs": names}))
        return sub

    command("build", build, "install the root file systems of releases (all known when none is named)", "*")
    command("up", up, "start clusters and wait until they serve (all built when none is named)", "*")
    command("down", down, "stop clusters; with none named all of them, the database and the broker", "*")
    command("destroy", destroy, "stop clusters and forget their data", "+")
    command("status", status, "what runs, and its memory")
    command("env", env, "the OS_* variables of a cluster, for a shell to eval", "1")
    command("clouds", clouds, "a clouds.yaml with every cluster")
    execute = command("exec", execute_, "run a client, such as openstack, against a cluster", "1")
    execute.add_argument("argv", nargs=argparse.REMAINDER)

    options = parser.parse_args()
    try:
        if options.run in CHANGING:
            with one_at_a_time():
                options.run(options)
        else:
            options.run(options)
    except LabError as error:
        sys.exit(f"lab: {error}")


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two commands that change what runs wait for each other."""
    HOME.mkdir(parents=True, exist_ok=True)
    with open(HOME / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def build(options: argparse.Namespace) -> None:
    unknown = set(options.names) - set(RELEASES)
    if unknown:
        raise LabError(f"unknown release: {', '.join(unknown)}; known: {', '.join(RELEASES)}")
    rootfs.build(options.names or list(RELEASES))


def up(options: argparse.Namespace) -> None:
    names = options.names or rootfs.built()
    if not names:
        raise LabError("nothing is built: run lab build")
    wanted = [Cluster(name) for name in names]
    infra = Infra()
    infra.up()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for done in [pool.submit(cluster.up, infra) for cluster in wanted]:
            done.result()
    _show(options, [cluster.describe() for cluster in wanted])


def down(options: argparse.Namespace) -> None:
    for cluster in [find(name) for name in options.names] or known():
        cluster.down()
    if not options.names:
        Infra().down()


def destroy(options: argparse.Namespace) -> None:
    for name in options.names:
        find(name).destroy_in(Infra())


def status(options: argparse.Namespace) -> None:
    infra = Infra()
    answer = {
        "buildable": not rootfs.missing_tools(),
        "built": rootfs.built(),
        "infra": {"services": _memory(infra.services())},
        "clusters": [{**cluster.describe(), "healthy": cluster.healthy(), "services": _memory(cluster.services())}
                     for cluster in known()],
    }
    if options.json:
        print(json.dumps(answer))
        return
    print(f"built: {', '.join(answer['built']) or 'nothing'}")
    for name, part in [("infra", answer["infra"]), *((each["name"], each) for each in answer["clusters"])]:
        services = part["services"]
        health = {True: ", healthy", False: ", not healthy"}.get(part.get("healthy"), "")
        print(f"{name}: {len(services)} services, {sum(services.values())} MiB{health}")
        for service, mib in sorted(services.items()):
            print(f"  {service:24} {mib:6} MiB")


def env(options: argparse.Namespace) -> None:
    values = _environment(find(options.name))
    if options.json:
        print(json.dumps(values))
        return
    for key, value in values.items():
        print(f"export {key}={value}")


def clouds(options: argparse.Namespace) -> None:
    entries = {each.name: {"auth": {key: each.describe()[key] for key in (
        "auth_url", "username", "password", "project_name", "user_domain_name", "project_domain_name")},
        "region_name": REGION, "identity_api_version": 3} for each in known()}
    print(json.dumps({"clouds": entries}, indent=None if options.json else 2))  # JSON is YAML


def execute_(options: argparse.Namespace) -> None:
    infra = Infra()
    os.environ.clear()
    os.environ.update({**infra.env, **_environment(find(options.name)), "PYTHONWARNINGS": "ignore"})
    os.execv("/usr/sbin/chroot", ["chroot", str(infra.root), *options.argv])


def _environment(cluster: Cluster) -> dict[str, str]:
    return {"OS_AUTH_URL": cluster.url("keystone") + "/v3", "OS_USERNAME": "admin", "OS_PASSWORD": PASSWORD,
            "OS_PROJECT_NAME": "admin", "OS_USER_DOMAIN_NAME": "Default", "OS_PROJECT_DOMAIN_NAME": "Default",
            "OS_REGION_NAME": REGION, "OS_IDENTITY_API_VERSION": "3"}


def _memory(services: dict[str, list[int]]) -> dict[str, int]:
    return {service: sum(map(memory_kib, pids)) >> 10 for service, pids in services.items()}


def _show(options: argparse.Namespace, clusters: list[dict[str, object]]) -> None:
    if options.json:
        print(json.dumps({"clusters": clusters}))
        return
    for cluster in clusters:
        print(f"{cluster['name']}: {cluster['auth_url']}, admin/{cluster['password']}, logs in {cluster['logs']}")


CHANGING = {build, up, down, destroy}
