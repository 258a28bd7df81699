"""The services of every cluster, in the order in which they are started."""
from .glance import Glance
from .keystone import Keystone
from .neutron import Neutron
from .nova import Nova
from .placement import Placement
from .service import Service

SERVICES: list[Service] = [Keystone(), Glance(), Placement(), Nova(), Neutron()]
