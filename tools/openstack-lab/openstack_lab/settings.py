"""Where the lab keeps its state, and what its clusters are called and made of."""
import os
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("ULTRON_LAB_HOME") or Path.home() / ".cache/ultron-lab")
ROOTFS = HOME / "rootfs"
CLUSTERS = HOME / "clusters"

# Release of OpenStack -> the Debian suite that packages it.
RELEASES = {"zed": "bookworm", "epoxy": "trixie"}
INFRA_SUITE = "bookworm"

SQL_PORT, AMQP_PORT, EPMD_PORT = 13306, 13672, 13369
PASSWORD = "lab"
REGION = "RegionOne"
COMPUTES = int(os.environ.get("ULTRON_LAB_COMPUTES") or 2)
