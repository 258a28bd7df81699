"""Real OpenStack control planes on one machine, without a hypervisor."""
