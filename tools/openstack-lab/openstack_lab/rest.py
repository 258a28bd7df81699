"""A cluster's REST interfaces, as its admin."""
import json
import urllib.error
import urllib.request
from typing import Any

from .report import LabError
from .settings import PASSWORD


class Admin:
    """Logs in when it is made; `call("nova-api", "GET", "/v2.1/flavors")` gives the decoded body."""

    def __init__(self, urls: dict[str, str]):
        self.urls = urls
        self.token = ""
        domain = {"id": "default"}
        answer = self._send("keystone", "POST", "/v3/auth/tokens", _json({"auth": {
            "identity": {"methods": ["password"],
                         "password": {"user": {"name": "admin", "domain": domain, "password": PASSWORD}}},
            "scope": {"project": {"name": "admin", "domain": domain}}}}))
        self.token = answer.headers["X-Subject-Token"]

    def call(self, api: str, method: str, path: str, body: Any = None) -> Any:
        answer = self._send(api, method, path, None if body is None else _json(body))
        return json.loads(answer.read() or "null")

    def upload(self, api: str, path: str, content: bytes) -> None:
        self._send(api, "PUT", path, content, "application/octet-stream")

    def _send(self, api: str, method: str, path: str, data: bytes | None, kind: str = "application/json") -> Any:
        request = urllib.request.Request(self.urls[api] + path, data=data, method=method,
                                         headers={"Content-Type": kind, "X-Auth-Token": self.token})
        try:
            return urllib.request.urlopen(request, timeout=120)
        except urllib.error.HTTPError as error:
            said = error.read().decode(errors="replace")[:500]
            raise LabError(f"{method} {request.full_url}: {error.code} {said}") from error


def _json(body: Any) -> bytes:
    return json.dumps(body).encode()


def answers(url: str) -> bool:
    """Whether an API answers at all; its root may well want a token."""
    try:
        urllib.request.urlopen(url, timeout=5)
        return True
    except urllib.error.HTTPError as error:
        return error.code < 500
