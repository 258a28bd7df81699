"""One OpenStack deployment: a chroot on a loopback address of its own, with the standard ports."""
import os
import shutil
from concurrent.futures import ThreadPoolExecutor

from .chroot import Chroot
from .infra import Infra
from .report import LabError, timed
from .rest import Admin, answers
from .services.deployed import SERVICES
from .services.keystone import register
from .services.service import Ini, Service, database_url
from .settings import AMQP_PORT, CLUSTERS, COMPUTES, PASSWORD, REGION, RELEASES, ROOTFS, SOURCE
from .waiting import until

FAKE_DRIVER = "usr/lib/python3/dist-packages/nova/virt/ultron_lab.py"  # nova loads drivers from nova.virt only


class Cluster(Chroot):
    def __init__(self, name: str):
        self.name, self.release = name, name.split("-")[0]
        if self.release not in RELEASES:
            raise LabError(f"{name}: a cluster is called RELEASE or RELEASE-ANYTHING; known: {', '.join(RELEASES)}")
        super().__init__(ROOTFS / self.release, CLUSTERS / name)
        self.computes = [f"{name}-compute-{number}" for number in range(1, COMPUTES + 1)]
        self.ip = f"127.0.{self._number()}.1"
        self._seeded = self.home / "seeded"

    def _number(self) -> int:
        """Given once, so that a cluster finds its address again."""
        file = self.home / "number"
        if not file.exists():
            taken = {int(other.read_text()) for other in CLUSTERS.glob("*/number")}
            self.home.mkdir(parents=True, exist_ok=True)
            file.write_text(str(next(number for number in range(1, 250) if number not in taken)))
        return int(file.read_text())

    # What services are configured from (services.service.Site).

    def url(self, api: str) -> str:
        return self.urls()[api]

    def urls(self) -> dict[str, str]:
        return {service.api.name: f"http://{self.ip}:{service.api.port}" for service in SERVICES}

    def database_name(self, name: str) -> str:
        return f"{self.name.replace('-', '_')}_{name}"

    def database(self, name: str) -> str:
        return database_url(self.database_name(name))

    # Life.

    def up(self, infra: Infra) -> None:
        self.mount()
        self._configure()
        with timed(f"{self.name}: up on {self.ip}"):
            new = not self._seeded.exists()
            if new:
                self.stop()  # what a first start that failed has left
            # Keystone needs its cache even to be set up.
            self.start("memcached", ["memcached", "-u", "root", "-l", self.ip, "-m", "32", "-t", "1"])
            if new:
                self._create_databases(infra)
            admin = self._start(SERVICES[:1])
            if new:
                register(admin, self, SERVICES)
            admin = self._start(SERVICES)
            for service in SERVICES:
                service.await_ready(self, admin)
            if new:
                self._seed(admin)

    def destroy_in(self, infra: Infra) -> None:
        self.down()
        if infra.services():
            infra.drop_databases(self._databases())
            infra.delete_vhost(self.name)
        self.destroy()

    def healthy(self) -> bool:
        return self._seeded.exists() and all(_answers(url) for url in self.urls().values())

    def describe(self) -> dict[str, object]:
        """All that a client, or a test that reads the logs, must know."""
        return {"name": self.name, "release": self.release, "auth_url": self.url("keystone") + "/v3",
                "username": "admin", "password": PASSWORD, "project_name": "admin", "user_domain_name": "Default",
                "project_domain_name": "Default", "region": REGION, "logs": str(self.logs),
                "broker": f"amqp://lab:{PASSWORD}@127.0.0.1:{AMQP_PORT}/{self.name}"}

    def _databases(self) -> list[str]:
        return [self.database_name(database) for service in SERVICES for database in service.databases]

    def _configure(self) -> None:
        shutil.copytree(SOURCE / "guest", self.root / "lab", dirs_exist_ok=True)
        shutil.copy(SOURCE / "guest/nova_fake_driver.py", self.root / FAKE_DRIVER)
        for service in SERVICES:
            for folder in service.folders(self):
                (self.root / "var/lib" / folder).mkdir(parents=True, exist_ok=True)
            for name, sections in service.config(self).items():
                path = self.root / "etc" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(_ini(sections))

    def _create_databases(self, infra: Infra) -> None:
        infra.create_databases(self._databases())
        infra.delete_vhost(self.name)
        infra.create_vhost(self.name)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            # Neutron's migrations take longest.
            for done in [pool.submit(self._first_start, service) for service in reversed(SERVICES)]:
                done.result()

    def _first_start(self, service: Service) -> None:
        with timed(f"{self.name}: {service.user} set up"):
            for command in service.first_start(self):
                self.run(*command)

    def _start(self, services: list[Service]) -> Admin:
        for service in services:
            self._start_api(service)
            for name, argv in service.daemons(self).items():
                self.start(name, argv, PYTHONPATH="/lab", EVENTLET_NO_GREENDNS="yes", MALLOC_ARENA_MAX="2")
        for service in services:
            url = self.url(service.api.name)
            until(f"{self.name}: {service.api.name}, see {self.logs}", lambda url=url: answers(url))
        return Admin(self.urls())

    def _start_api(self, service: Service) -> None:
        """One process per API. uwsgi's plain HTTP socket wants each answer on a connection of its own."""
        self.start(service.api.name, [
            "uwsgi", "--plugin", "python3", "--http-socket", f"{self.ip}:{service.api.port}",
            "--wsgi-file", "/lab/wsgi.py", "--threads", "6", "--enable-threads", "--buffer-size", "65535",
            "--need-app", "--die-on-term", "--disable-logging", "--listen", "100", "--add-header", "Connection: close",
        ], LAB_WSGI=" ".join(service.api.wsgi), PYTHONPATH="/lab", EVENTLET_NO_GREENDNS="yes", MALLOC_ARENA_MAX="2",
            **({"OS_NOVA_DISABLE_EVENTLET_PATCHING": "1"} if service.user == "nova" else {}))

    def _seed(self, admin: Admin) -> None:
        self.run("nova-manage", "cell_v2", "discover_hosts")
        for service in SERVICES:
            service.seed(self, admin)
        self._seeded.touch()


def known() -> list[Cluster]:
    return sorted((Cluster(file.parent.name) for file in CLUSTERS.glob("*/number")), key=lambda cluster: cluster.ip)


def find(name: str) -> Cluster:
    if not (CLUSTERS / name / "number").exists():
        raise LabError(f"there is no cluster {name}: run lab up {name}")
    return Cluster(name)


def _answers(url: str) -> bool:
    try:
        return answers(url)
    except OSError:
        return False


def _ini(sections: Ini) -> str:
    return "".join(f"[{section}]\n" + "".join(f"{key} = {value}\n" for key, value in values.items())
                   for section, values in sections.items())
