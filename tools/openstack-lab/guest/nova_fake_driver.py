"""Nova's fake virt driver, made to remember its servers when nova-compute starts again."""
from nova import context
from nova import objects
from nova.compute import power_state
from nova.virt import fake

# Since 2023.1 a node's UUID must outlive the service; this class keeps it in state_path.
Base = getattr(fake, "FakeDriverWithoutFakeNodes", fake.FakeDriver)


class LabDriver(Base):
    def init_host(self, host):
        super().init_host(host)
        for instance in objects.InstanceList.get_by_host(context.get_admin_context(), host):
            state = power_state.SHUTDOWN if instance.vm_state == "stopped" else power_state.RUNNING
            self.instances[instance.uuid] = fake.FakeInstance(instance.name, state, instance.uuid)
