"""run.py COMMAND [ARGUMENT...]: a Python console script whose own Debian package is not installed.
nova-compute's would pull in a hypervisor, though its code lies in python3-nova."""
import sys
from importlib.metadata import distributions

del sys.argv[0]
for distribution in distributions():
    for entry in distribution.entry_points:
        if entry.group == "console_scripts" and entry.name == sys.argv[0]:
            sys.exit(entry.load()())
sys.exit(f"no installed package has the command {sys.argv[0]}")
