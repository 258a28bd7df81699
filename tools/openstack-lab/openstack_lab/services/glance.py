"""Images, kept as files."""
from ..rest import Admin
from .service import Api, Ini, Service, Site, oslo


class Glance(Service):
    user = "glance"
    packages = ["glance-common"]
    databases = ["glance"]
    api = Api("glance", 9292, ("glance.wsgi.api:application", "glance.common.wsgi_app:init_app()"), "image", "glance")

    def config(self, site: Site) -> dict[str, Ini]:
        conf = oslo(site, "glance", "glance", bind_host=site.ip, enabled_backends="file:file",
                    enabled_import_methods="[web-download]")
        conf["glance_store"] = {"default_backend": "file"}
        conf["paste_deploy"] = {"flavor": "keystone"}
        conf["file"] = {"filesystem_store_datadir": "/var/lib/glance/images"}
        for store in ("staging", "tasks"):
            conf[f"os_glance_{store}_store"] = {"filesystem_store_datadir": f"/var/lib/glance/{store}"}
        return {"glance/glance-api.conf": conf}

    def folders(self, site: Site) -> list[str]:
        return super().folders(site) + [f"glance/{store}" for store in ("images", "staging", "tasks")]

    def first_start(self, site: Site) -> list[list[str]]:
        return [["glance-manage", "db_sync"]]

    def seed(self, site: Site, admin: Admin) -> None:
        image = admin.call("glance", "POST", "/v2/images", {
            "name": "cirros", "disk_format": "raw", "container_format": "bare", "visibility": "public", "min_disk": 1})
        admin.upload("glance", f"/v2/images/{image['id']}/file", b"\0" * 65536)
