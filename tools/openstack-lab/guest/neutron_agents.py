"""neutron_agents.py DATABASE HOST,...: stands in for the Open vSwitch, DHCP and L3 agents of a cluster's hosts.

Heartbeats make ML2 bind ports to the hosts. Twice a second a look at the database finds what real agents would be
wiring, which is then reported as done over Neutron's own RPC. The last host is the network node."""
import datetime
import sys
import time
import uuid

import oslo_messaging
import pymysql
from neutron_lib import context
from oslo_config import cfg

HEARTBEAT_SECONDS = 25
LOOK_SECONDS = 0.5

AWAITING_DHCP = """SELECT p.id FROM provisioningblocks b JOIN ports p ON p.standard_attr_id = b.standard_attr_id
    WHERE b.entity = 'DHCP'"""
BOUND_AND_DOWN = """SELECT p.id, b.host FROM ports p JOIN ml2_port_bindings b ON b.port_id = p.id
    WHERE p.status IN ('DOWN', 'BUILD') AND p.admin_state_up AND b.vif_type = 'ovs' AND b.status = 'ACTIVE'"""


class Rpc:
    def __init__(self):
        cfg.CONF(["--config-file", "/etc/neutron/neutron.conf"], project="neutron")
        oslo_messaging.set_transport_defaults("neutron")
        self.transport = oslo_messaging.get_rpc_transport(cfg.CONF)
        self.context = context.get_admin_context().to_dict()
        self.client = getattr(oslo_messaging, "get_rpc_client", None) or oslo_messaging.RPCClient

    def call(self, topic, version, method, **arguments):
        target = oslo_messaging.Target(topic=topic, version=version)
        return self.client(self.transport, target, timeout=10).call(self.context, method, **arguments)


class Agents:
    def __init__(self, hosts):
        self.rpc, self.hosts, self.network_host = Rpc(), hosts, hosts[-1]
        self.known = set()

    def heartbeats(self):
        for number, host in enumerate(self.hosts, 1):
            self._heartbeat(host, "neutron-openvswitch-agent", "Open vSwitch agent", "N/A", {
                "bridge_mappings": {"public": "br-ex", "physnet1": "br-phys"}, "tunnel_types": ["vxlan"],
                "tunneling_ip": f"10.255.0.{number}", "integration_bridge": "br-int", "datapath_type": "system",
                "ovs_capabilities": {"datapath_types": ["system"], "iface_types": []}, "extensions": ["qos"]})
        self._heartbeat(self.network_host, "neutron-dhcp-agent", "DHCP agent", "dhcp_agent", {
            "dhcp_driver": "neutron.agent.linux.dhcp.Dnsmasq", "networks": 0, "ports": 0, "subnets": 0})
        self._heartbeat(self.network_host, "neutron-l3-agent", "L3 agent", "l3_agent", {
            "agent_mode": "legacy", "handle_internal_only_routers": True, "interface_driver": "openvswitch"})

    def _heartbeat(self, host, binary, kind, topic, configurations):
        state = {"host": host, "binary": binary, "agent_type": kind, "topic": topic, "configurations": configurations,
                 "uuid": str(uuid.uuid4()), "availability_zone": "nova"}
        if (host, binary) not in self.known:
            state["start_flag"] = True
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")
        self.rpc.call("q-reports-plugin", "1.2", "report_state", agent_state={"agent_state": state}, time=now)
        self.known.add((host, binary))

    def wire(self, query):
        waiting = [port for port, in query(AWAITING_DHCP)]
        if waiting:
            self.rpc.call("q-plugin", "1.5", "dhcp_ready_on_ports", port_ids=waiting)
        ports = query(BOUND_AND_DOWN)
        for host in {host for _, host in ports} & set(self.hosts):
            self.rpc.call("q-plugin", "1.5", "update_device_list", agent_id=f"ovs-agent-{host}", host=host,
                          devices_up=[port for port, its in ports if its == host], devices_down=[],
                          refresh_tunnels=False)


def serve(database, agents):
    connection = pymysql.connect(host=database["host"], port=int(database["port"]), user=database["user"],
                                 password=database["password"], database=database["database"], autocommit=True)
    with connection, connection.cursor() as cursor:
        def query(statement):
            cursor.execute(statement)
            return cursor.fetchall()
        beat = 0.0
        while True:
            if time.monotonic() - beat > HEARTBEAT_SECONDS:
                agents.heartbeats()
                beat = time.monotonic()
            agents.wire(query)
            time.sleep(LOOK_SECONDS)


def main():
    database = dict(pair.split("=", 1) for pair in sys.argv[1].split(","))
    agents = Agents(sys.argv[2].split(","))
    while True:
        try:
            serve(database, agents)
        except Exception as error:  # the server is starting, or an object has just gone: look again
            print(time.strftime("%F %T"), type(error).__name__, error, file=sys.stderr, flush=True)
            time.sleep(2)


main()
