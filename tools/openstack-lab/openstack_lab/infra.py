"""What all clusters share: one MariaDB, one RabbitMQ, and the openstack client."""
from .chroot import Chroot
from .report import timed
from .settings import AMQP_PORT, EPMD_PORT, HOME, PASSWORD, ROOTFS, SQL_PORT
from .waiting import until

PACKAGES = ["mariadb-server", "rabbitmq-server", "python3-openstackclient"]
SOCKET = "/run/lab-mysql.sock"
DATA = "/var/lib/lab-mysql"
RABBIT = "/usr/lib/rabbitmq/bin"
RABBIT_ENV = {
    "RABBITMQ_NODENAME": "lab@localhost",
    "RABBITMQ_CONFIG_FILE": "/etc/rabbitmq/lab.conf",
    "RABBITMQ_ENABLED_PLUGINS_FILE": "/etc/rabbitmq/lab-plugins",
    "RABBITMQ_MNESIA_BASE": "/var/lib/lab-rabbit",
    "RABBITMQ_LOGS": "-",
    "RABBITMQ_DIST_PORT": str(AMQP_PORT + 1),
    "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+sbwt none +S 2:2",
    "ERL_EPMD_PORT": str(EPMD_PORT),
    "ERL_EPMD_ADDRESS": "127.0.0.1",
}
RABBIT_CONFIG = f"""listeners.tcp.1 = 127.0.0.1:{AMQP_PORT}
default_user = lab
default_pass = {PASSWORD}
vm_memory_high_watermark.absolute = 2GiB
disk_free_limit.absolute = 100MB
"""


class Infra(Chroot):
    def __init__(self) -> None:
        super().__init__(ROOTFS / "infra", HOME / "infra", RABBIT_ENV)

    def up(self) -> None:
        self.mount()
        with timed("infra: database and broker up"):
            self._start_mariadb()
            self._start_rabbitmq()
            until("mariadb", lambda: self.succeeds("mariadb-admin", "-uroot", f"-S{SOCKET}", "ping"))
            until("rabbitmq", lambda: self.succeeds(f"{RABBIT}/rabbitmqctl", "await_startup", "--timeout", "60"))
        self.sql(f"CREATE USER IF NOT EXISTS lab IDENTIFIED BY '{PASSWORD}'; GRANT ALL ON *.* TO lab;")

    def _start_mariadb(self) -> None:
        if not (self.root / DATA[1:] / "mysql").exists():
            self.run("mariadb-install-db", "--no-defaults", "--user=root", f"--datadir={DATA}",
                     "--auth-root-authentication-method=normal", "--skip-test-db")
        self.start("mariadb", [
            "mariadbd", "--no-defaults", "--user=root", f"--datadir={DATA}", f"--socket={SOCKET}",
            f"--port={SQL_PORT}", "--bind-address=127.0.0.1", "--pid-file=/run/lab-mysql.pid", "--skip-name-resolve",
            "--max-connections=4000", "--thread-handling=pool-of-threads", "--thread-pool-size=4",
            # A lab may lose its last second in a crash of the machine.
            "--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=384M", "--innodb-log-file-size=128M",
            "--performance-schema=off", "--character-set-server=utf8mb3"])

    def _start_rabbitmq(self) -> None:
        (self.root / "etc/rabbitmq/lab.conf").write_text(RABBIT_CONFIG)
        (self.root / "etc/rabbitmq/lab-plugins").write_text("[].\n")
        self.start("rabbitmq", [f"{RABBIT}/rabbitmq-server"])

    # What a cluster needs of it.

    def sql(self, statements: str) -> str:
        return self.run("mariadb", "-uroot", f"-S{SOCKET}", "-N", "-e", statements)

    def create_databases(self, names: list[str]) -> None:
        self.sql("".join(f"DROP DATABASE IF EXISTS {name}; CREATE DATABASE {name} CHARACTER SET utf8mb3;"
                         for name in names))

    def drop_databases(self, names: list[str]) -> None:
        self.sql("".join(f"DROP DATABASE IF EXISTS {name};" for name in names))

    def create_vhost(self, name: str) -> None:
        self.run(f"{RABBIT}/rabbitmqctl", "add_vhost", name)
        self.run(f"{RABBIT}/rabbitmqctl", "set_permissions", "-p", name, "lab", ".*", ".*", ".*")

    def delete_vhost(self, name: str) -> None:
        self.succeeds(f"{RABBIT}/rabbitmqctl", "delete_vhost", name)
