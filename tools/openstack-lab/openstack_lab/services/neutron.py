"""Networks: ML2 with the Open vSwitch driver, whose agents are stood in for by guest/neutron_agents.py."""
from ..rest import Admin
from ..settings import PASSWORD, SQL_PORT
from ..waiting import until
from .service import Api, Ini, Service, Site, console_script, oslo, service_auth, unlimited

CONFIG = ["--config-file", "/etc/neutron/neutron.conf"]
QUOTAS = "network subnet port router floatingip security_group security_group_rule rbac_policy trunk subnetpool"
# A successful request leaves nothing in Neutron's log by itself; these let it be found there by its request id.
LOG_LEVELS = "amqp=WARN,sqlalchemy=WARN,oslo_messaging=WARN,oslo_policy=WARN,keystonemiddleware=WARN," \
    "oslo.messaging=WARN,stevedore=WARN,urllib3=WARN,neutron.pecan_wsgi=DEBUG"


class Neutron(Service):
    user = "neutron"
    packages = ["neutron-common"]
    databases = ["neutron"]
    api = Api("neutron-api", 9696, ("neutron.wsgi.api:application", "neutron.server.api_eventlet:eventlet_api_server()",
                                    "neutron.server:get_application()"), "network", "neutron")

    def config(self, site: Site) -> dict[str, Ini]:
        conf = oslo(site, "neutron", "neutron", core_plugin="ml2", service_plugins="router,qos,trunk",
                    api_workers=1, rpc_workers=1, rpc_state_report_workers=0, agent_down_time=120,
                    host=network_host(site), default_log_levels=LOG_LEVELS)
        conf["quotas"] = unlimited(QUOTAS, "quota_{}") | {"default_quota": -1}
        conf["nova"] = service_auth(site, "nova")
        conf["placement"] = service_auth(site, "placement")
        conf["ml2"] = {"type_drivers": "flat,vlan,vxlan", "tenant_network_types": "vxlan",
                       "mechanism_drivers": "openvswitch", "extension_drivers": "port_security,qos"}
        conf["ml2_type_flat"] = {"flat_networks": "public"}
        conf["ml2_type_vlan"] = {"network_vlan_ranges": "physnet1:100:1099"}
        conf["ml2_type_vxlan"] = {"vni_ranges": "1:4000"}
        return {"neutron/neutron.conf": conf, "neutron/plugins/ml2/ml2_conf.ini": {}}

    def first_start(self, site: Site) -> list[list[str]]:
        return [["neutron-db-manage", "upgrade", "heads"]]

    def daemons(self, site: Site) -> dict[str, list[str]]:
        database = f"host=127.0.0.1,port={SQL_PORT},user=lab,password={PASSWORD},database={site.database_name('neutron')}"
        hosts = ",".join([*site.computes, network_host(site)])
        return {"neutron-rpc-server": console_script("neutron-rpc-server", *CONFIG),
                "neutron-agents": ["python3", "/lab/neutron_agents.py", database, hosts]}

    def seed(self, site: Site, admin: Admin) -> None:
        external = {"name": "public", "router:external": True, "provider:network_type": "flat",
                    "provider:physical_network": "public"}
        _network(admin, external, {"cidr": "172.24.0.0/16", "enable_dhcp": False})
        _network(admin, {"name": "private"}, {"cidr": "10.64.0.0/16"})

    def await_ready(self, site: Site, admin: Admin) -> None:
        def alive() -> bool:
            agents = admin.call("neutron-api", "GET", "/v2.0/agents")["agents"]
            return sum(agent["alive"] for agent in agents) >= len(site.computes) + 3
        until(f"{site.name}: neutron agents", alive)


def network_host(site: Site) -> str:
    return f"{site.name}-network"


def _network(admin: Admin, network: dict[str, object], subnet: dict[str, object]) -> None:
    made = admin.call("neutron-api", "POST", "/v2.0/networks", {"network": network})["network"]
    admin.call("neutron-api", "POST", "/v2.0/subnets", {"subnet": {
        "name": network["name"], "network_id": made["id"], "ip_version": 4, **subnet}})
