"""Identity."""
from ..rest import Admin
from ..settings import PASSWORD, REGION
from .service import Api, Ini, Service, Site


class Keystone(Service):
    user = "keystone"
    packages = ["keystone"]
    databases = ["keystone"]
    api = Api("keystone", 5000, ("keystone.wsgi.api:application",
                                 "keystone.server.wsgi:initialize_public_application()"))

    def config(self, site: Site) -> dict[str, Ini]:
        return {"keystone/keystone.conf": {
            "database": {"connection": site.database("keystone")},
            "token": {"provider": "fernet", "expiration": 14400},
            "cache": {"enabled": "true", "backend": "dogpile.cache.pymemcache", "memcache_servers": f"{site.ip}:11211"},
            "fernet_tokens": {"key_repository": "/etc/keystone/fernet-keys"}}}

    def first_start(self, site: Site) -> list[list[str]]:
        manage, root = "keystone-manage", ["--keystone-user", "root", "--keystone-group", "root"]
        endpoints = [word for interface in ("admin", "internal", "public")
                     for word in (f"--bootstrap-{interface}-url", site.url("keystone") + "/v3")]
        return [[manage, "db_sync"],
                [manage, "fernet_setup", *root],
                [manage, "credential_setup", *root],
                [manage, "bootstrap", "--bootstrap-password", PASSWORD, "--bootstrap-region-id", REGION, *endpoints]]


def register(admin: Admin, site: Site, services: list[Service]) -> None:
    """Roles, the users that services log in as, and the catalogue."""
    def names(kind: str) -> dict[str, str]:
        return {each["name"]: each["id"] for each in admin.call("keystone", "GET", f"/v3/{kind}s")[f"{kind}s"]}

    def make(kind: str, **body: object) -> str:
        return admin.call("keystone", "POST", f"/v3/{kind}s", {kind: body})[kind]["id"]

    roles = names("role")
    for role in {"service", "member", "reader"} - set(roles):
        roles[role] = make("role", name=role)
    project = make("project", name="service", domain_id="default")
    for service in (each for each in services if each.api.catalog_type):
        user = make("user", name=service.user, domain_id="default", password=PASSWORD, default_project_id=project)
        for role in ("admin", "service"):
            admin.call("keystone", "PUT", f"/v3/projects/{project}/users/{user}/roles/{roles[role]}")
        admin.call("keystone", "PUT", f"/v3/system/users/{user}/roles/{roles['admin']}")
        entry = make("service", name=service.api.catalog_name, type=service.api.catalog_type)
        for interface in ("public", "internal", "admin"):
            admin.call("keystone", "POST", "/v3/endpoints", {"endpoint": {
                "service_id": entry, "interface": interface, "region_id": REGION,
                "url": site.url(service.api.name) + service.api.catalog_path}})
