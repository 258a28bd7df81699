"""The inventory of the compute hosts."""
from .service import Api, Ini, Service, Site, oslo


class Placement(Service):
    user = "placement"
    packages = ["placement-common"]
    databases = ["placement"]
    api = Api("placement", 8778, ("placement.wsgi.api:application", "placement.wsgi:init_application()"),
              "placement", "placement")

    def config(self, site: Site) -> dict[str, Ini]:
        conf = oslo(site, "placement", "placement")
        conf["placement_database"] = conf.pop("database")
        conf["api"] = {"auth_strategy": "keystone"}
        return {"placement/placement.conf": conf}

    def first_start(self, site: Site) -> list[list[str]]:
        return [["placement-manage", "db", "sync"]]
