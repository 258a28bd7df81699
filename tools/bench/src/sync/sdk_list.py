"""Lists all servers, ports and hypervisors of several clusters with openstacksdk, cluster by cluster.

Arguments: a file with a JSON list of clusters (authUrl, username, password, projectName), and how many threads share
them. Signs in, says `ready`, waits for a line, and prints {"ms": …, "objects": …}; signing in is not measured.
"""
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import openstack

with open(sys.argv[1]) as file:
    clusters = json.load(file)
threads = int(sys.argv[2])


def connect(cluster):
    cloud = openstack.connect(
        auth_url=cluster["authUrl"], username=cluster["username"], password=cluster["password"],
        project_name=cluster["projectName"], user_domain_name="Default", project_domain_name="Default",
        region_name=cluster["region"], identity_api_version="3")
    cloud.authorize()
    return cloud


def count(cloud):
    return (sum(1 for _ in cloud.compute.servers(details=True, all_projects=True, limit=1000))
            + sum(1 for _ in cloud.network.ports(limit=1000))
            + sum(1 for _ in cloud.compute.hypervisors(details=True, limit=1000)))


clouds = [connect(cluster) for cluster in clusters]
print("ready", flush=True)
sys.stdin.readline()
with ThreadPoolExecutor(threads) as pool:
    begun = time.monotonic()
    objects = sum(pool.map(count, clouds))
    print(json.dumps({"ms": (time.monotonic() - begun) * 1000, "objects": objects}))
