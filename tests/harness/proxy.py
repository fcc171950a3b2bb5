"""The proxy as it is shipped, on this machine: the names of its hosts filled in, everything it writes in one folder."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.harness.server import PROJECT_ROOT

SHIPPED = PROJECT_ROOT / "deploy" / "nginx" / "workbench.conf"
NAME = "workbench.example.com"
KINDS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def configuration(folder: Path, replicas: Mapping[str, str], port: int = 8080) -> Path:
    """Write the shipped configuration for `replicas` (address by name), to listen on a `port` of loopback only."""
    site = SHIPPED.read_text(encoding="utf-8")
    site = site.replace("listen 8080", f"listen 127.0.0.1:{port}").replace(NAME, "127.0.0.1")
    for host, address in replicas.items():
        site = site.replace(f"{host}:", f"{address}:")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in KINDS)
    path = folder / "nginx.conf"
    path.write_text(
        f"user root; pid {folder}/nginx.pid; error_log {folder}/nginx.log; daemon off; events {{}}\n"
        f"http {{\naccess_log off;\n{temporary}{site}}}\n",
        encoding="utf-8",
    )
    return path


@contextmanager
def proxy(folder: Path, replicas: Mapping[str, str]) -> Iterator[None]:
    """Run nginx with the shipped configuration while the block lasts."""
    process = subprocess.Popen(["nginx", "-c", str(configuration(folder, replicas))], start_new_session=True)
    try:
        yield
    finally:
        process.terminate()
        process.wait()
