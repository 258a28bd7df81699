"""The WSGI application of an OpenStack service. Its place moved between releases: LAB_WSGI lists where it may be,
as MODULE:NAME, or MODULE:NAME() where it must be called for."""
import importlib
import os


def load(place):
    module, name = place.split(":")
    found = getattr(importlib.import_module(module), name.replace("()", ""))
    if name == "eventlet_api_server()":  # neutron's takes its own configuration only through this door
        return importlib.import_module("neutron.server").boot_server(found)
    return found() if name.endswith("()") else found


def first(places):
    for place in places:
        try:
            return load(place)
        except ModuleNotFoundError as error:
            if not place.startswith(error.name):
                raise
    raise SystemExit(f"none of {places} is installed")


application = first(os.environ["LAB_WSGI"].split())
