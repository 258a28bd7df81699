"""Servers, on compute hosts whose virt driver only pretends."""
from ..rest import Admin
from ..settings import REGION
from ..waiting import until
from .service import Api, Ini, Service, Site, console_script, oslo, service_auth, unlimited

# id, name, vcpus, MiB of memory, GB of disk
FLAVORS = [("1", "m1.tiny", 1, 512, 1), ("2", "m1.small", 1, 2048, 20), ("3", "m1.medium", 2, 4096, 40),
           ("4", "m1.large", 4, 8192, 80)]
QUOTAS = """instances cores ram metadata_items injected_files injected_file_content_bytes injected_file_path_length
    key_pairs server_groups server_group_members"""


class Nova(Service):
    user = "nova"
    packages = ["nova-common"]
    databases = ["nova_api", "nova", "nova_cell0"]
    api = Api("nova-api", 8774, ("nova.wsgi.osapi_compute:application",
                                 "nova.api.openstack.compute.wsgi:init_application()"), "compute", "nova", "/v2.1")

    def config(self, site: Site) -> dict[str, Ini]:
        conf = oslo(site, "nova", "nova", my_ip=site.ip, compute_driver="ultron_lab.LabDriver",
                    allow_resize_to_same_host="true", initial_cpu_allocation_ratio=16, log_options="false",
                    # The pretended hypervisors know nothing that the database does not.
                    sync_power_state_interval=-1)
        conf["api_database"] = {"connection": site.database("nova_api"), "max_pool_size": 5}
        conf["api"] = {"auth_strategy": "keystone", "max_limit": 1000}
        conf["quota"] = unlimited(QUOTAS)
        conf["glance"] = {"api_servers": site.url("glance"), "region_name": REGION}
        conf["placement"] = service_auth(site, "placement")
        conf["neutron"] = service_auth(site, "neutron")
        conf["scheduler"] = {"discover_hosts_in_cells_interval": 60, "workers": 1}
        conf["conductor"] = {"workers": 1}
        conf["filter_scheduler"] = {"track_instance_changes": "false"}
        conf["notifications"] = {"notification_format": "both", "notify_on_state_change": "vm_and_task_state"}
        conf["vnc"] = {"enabled": "false"}
        files = {"nova/nova.conf": conf}
        for host in site.computes:  # nova-compute refuses to know the databases
            own = {section: values for section, values in conf.items() if "database" not in section}
            own["DEFAULT"] = {**conf["DEFAULT"], "host": host, "state_path": f"/var/lib/nova/{host}"}
            files[f"nova/{host}.conf"] = own
        return files

    def folders(self, site: Site) -> list[str]:
        return super().folders(site) + [f"nova/{host}" for host in site.computes]

    def first_start(self, site: Site) -> list[list[str]]:
        manage = "nova-manage"
        return [[manage, "api_db", "sync"],
                [manage, "cell_v2", "map_cell0", "--database_connection", site.database("nova_cell0")],
                [manage, "db", "sync"],
                [manage, "cell_v2", "create_cell", "--name", "cell1"]]

    def daemons(self, site: Site) -> dict[str, list[str]]:
        computes = {f"nova-compute-{number}": console_script("nova-compute", "--config-file", f"/etc/nova/{host}.conf")
                    for number, host in enumerate(site.computes, 1)}
        return {"nova-conductor": console_script("nova-conductor"),
                "nova-scheduler": console_script("nova-scheduler"), **computes}

    def seed(self, site: Site, admin: Admin) -> None:
        for ident, name, vcpus, ram, disk in FLAVORS:
            admin.call("nova-api", "POST", "/v2.1/flavors", {
                "flavor": {"id": ident, "name": name, "vcpus": vcpus, "ram": ram, "disk": disk}})

    def await_ready(self, site: Site, admin: Admin) -> None:
        """A host takes servers when its service is up, its cell knows it and its inventory is in Placement."""
        def up() -> bool:
            services = admin.call("nova-api", "GET", "/v2.1/os-services?binary=nova-compute")["services"]
            return sum(service["state"] == "up" for service in services) >= len(site.computes)

        def counted() -> bool:
            seen = admin.call("nova-api", "GET", "/v2.1/os-hypervisors/detail")["hypervisors"]
            return sum(each.get("memory_mb", 0) > 0 for each in seen) >= len(site.computes)
        until(f"{site.name}: compute hosts", up, 300)
        until(f"{site.name}: inventory of the compute hosts", counted, 120)
