"""Creates servers over several clusters with openstacksdk and 32 threads, and waits until all are ACTIVE.

Arguments: a JSON list of clusters (auth_url, username, password, project_name, region), the number of servers, a name
prefix, flavor, image and network by name. Prints {"ms": …} and deletes the servers again.
"""
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import openstack

THREADS = 32
clusters, count, prefix, flavor, image, network = json.loads(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:7]


def connect(cluster):
    return openstack.connect(
        auth_url=cluster["auth_url"], username=cluster["username"], password=cluster["password"],
        project_name=cluster["project_name"], user_domain_name="Default", project_domain_name="Default",
        region_name=cluster["region"], identity_api_version="3")


def prepare(cluster):
    cloud = connect(cluster)
    return dict(cloud=cloud, flavor=cloud.compute.find_flavor(flavor).id, image=cloud.image.find_image(image).id,
                network=cloud.network.find_network(network).id)


def create(job):
    place, name = job
    port = place["cloud"].network.create_port(network_id=place["network"], name=name)
    server = place["cloud"].compute.create_server(
        name=name, flavor_id=place["flavor"], image_id=place["image"], networks=[{"port": port.id}])
    place["cloud"].compute.wait_for_server(server, interval=1, wait=900)
    return place, server, port


def remove(made):
    place, server, port = made
    place["cloud"].compute.delete_server(server)
    place["cloud"].compute.wait_for_delete(server, interval=1, wait=300)
    place["cloud"].network.delete_port(port)


places = [prepare(cluster) for cluster in clusters]
jobs = [(places[i % len(places)], f"{prefix}-{i}") for i in range(count)]
with ThreadPoolExecutor(THREADS) as pool:
    begun = time.monotonic()
    made = list(pool.map(create, jobs))
    print(json.dumps({"ms": (time.monotonic() - begun) * 1000}), flush=True)
with ThreadPoolExecutor(THREADS) as pool:
    list(pool.map(remove, made))
