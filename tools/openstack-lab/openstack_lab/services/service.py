"""What the lab must know of an OpenStack service to run it."""
from dataclasses import dataclass
from typing import Protocol

from ..rest import Admin
from ..settings import AMQP_PORT, PASSWORD, REGION, SQL_PORT

Section = dict[str, object]
Ini = dict[str, Section]


class Site(Protocol):
    """The part of a cluster that services are configured from."""

    name: str
    ip: str
    computes: list[str]

    def url(self, api: str) -> str: ...
    def database(self, name: str) -> str: ...
    def database_name(self, name: str) -> str: ...


@dataclass(frozen=True)
class Api:
    """An HTTP API under uwsgi. `wsgi` lists where the application is found, newest release first."""

    name: str
    port: int
    wsgi: tuple[str, ...]
    catalog_type: str = ""
    catalog_name: str = ""
    catalog_path: str = ""


class Service:
    """A drop-in: a subclass with these values and hooks, listed in `deployed.SERVICES`, is all that it takes."""

    user: str
    packages: list[str]
    databases: list[str]
    api: Api

    def config(self, site: Site) -> dict[str, Ini]:
        """Configuration files, by path under /etc."""
        raise NotImplementedError

    def folders(self, site: Site) -> list[str]:
        """Folders the packages do not make, under /var/lib."""
        return [self.user, f"{self.user}/lock"]

    def first_start(self, site: Site) -> list[list[str]]:
        """Commands that fill the empty databases."""
        raise NotImplementedError

    def daemons(self, site: Site) -> dict[str, list[str]]:
        """Processes besides the API, by service name."""
        return {}

    def seed(self, site: Site, admin: Admin) -> None:
        """What a new cluster offers its users."""

    def await_ready(self, site: Site, admin: Admin) -> None:
        """Returns when the daemons do their work, not only listen."""


def service_auth(site: Site, user: str) -> Section:
    """How one service logs in to another."""
    return {"auth_type": "password", "auth_url": site.url("keystone") + "/v3", "username": user, "password": PASSWORD,
            "project_name": "service", "user_domain_name": "Default", "project_domain_name": "Default",
            "region_name": REGION}


# What these services tell of what happens to their objects is read from the broker, as a gateway may.
NOTIFYING = ("nova", "neutron", "glance")


def oslo(site: Site, user: str, database: str, **default: object) -> Ini:
    """What the configurations of all services have in common."""
    auth = service_auth(site, user)
    return {
        "DEFAULT": {"transport_url": f"rabbit://lab:{PASSWORD}@127.0.0.1:{AMQP_PORT}/{site.name}",
                    "auth_strategy": "keystone", "state_path": f"/var/lib/{user}", **default},
        "database": {"connection": site.database(database), "max_pool_size": 5, "max_overflow": 20},
        "keystone_authtoken": {**auth, "www_authenticate_uri": site.url("keystone"),
                               "memcached_servers": f"{site.ip}:11211", "service_token_roles": "service",
                               "service_token_roles_required": "true"},
        "service_user": {**auth, "send_service_user_token": "true"},
        "oslo_concurrency": {"lock_path": f"/var/lib/{user}/lock"},
        "oslo_messaging_notifications": {"driver": "messagingv2" if user in NOTIFYING else "noop"},
        "oslo_messaging_rabbit": {"rpc_conn_pool_size": 4, "rabbit_quorum_queue": "false"},
    }


def unlimited(names: str, pattern: str = "{}") -> Section:
    """Quotas that are not set; a test sets those of its own project."""
    return {pattern.format(name): -1 for name in names.split()}


def database_url(name: str) -> str:
    return f"mysql+pymysql://lab:{PASSWORD}@127.0.0.1:{SQL_PORT}/{name}?charset=utf8"


def console_script(name: str, *argv: str) -> list[str]:
    """A daemon whose Debian package would pull in more than its code; see guest/run.py."""
    return ["python3", "/lab/run.py", name, *argv]
