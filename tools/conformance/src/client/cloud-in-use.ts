import type { CallRecord } from '@ultron/openstack/observer';
import { Cloud } from '@ultron/openstack/cloud';
import { isKnown } from '@ultron/openstack/compute/servers';
import type { ServerWire } from '@ultron/openstack/compute/servers.wire';
import { eventually } from '../target/eventually.js';
import type { ClusterAccess } from '../shape/raw-cloud.js';

export const UNKNOWN_ID = '00000000-0000-0000-0000-000000000000';

/** Unique in this run, so that runs on the same cluster do not meet. */
let made = 0;
export const uniqueName = (prefix: string) => `${prefix}-${process.pid}-${Date.now()}-${(made += 1)}`;

/** A cloud under test, what it sent, and the few things that most specs need. */
export class CloudInUse {
  readonly calls: CallRecord[] = [];
  readonly cloud: Cloud;
  private readonly undo: (() => Promise<unknown>)[] = [];

  constructor(readonly access: ClusterAccess) {
    this.cloud = new Cloud({ ...connection(access), observer: (record) => this.calls.push(record) });
  }

  /** To be undone by `clean`, last first. */
  later(undo: () => Promise<unknown>): void {
    this.undo.push(undo);
  }

  async clean(): Promise<void> {
    for (const undo of this.undo.splice(0).reverse()) await undo();
  }

  async close(): Promise<void> {
    await this.clean();
    await this.cloud.close();
  }

  async imageId(): Promise<string> {
    const [image] = await this.cloud.image.images.list({ name: 'cirros' }).all();
    return present(image, 'an image called cirros').id;
  }

  async networkId(): Promise<string> {
    const project = await this.cloud.projectId();
    // An administrator sees those of other projects too.
    const networks = await this.cloud.network.networks.list({ name: 'private' }).all();
    const network = networks.find((each) => each.project_id === project);
    return present(network, 'a network called private').id;
  }

  async port(name = uniqueName('port')) {
    const port = await this.cloud.network.ports.create({ network_id: await this.networkId(), name });
    this.later(() => this.cloud.network.ports.delete(port.id));
    return port;
  }

  /** Asks for a server of the smallest flavor on a port of its own; both are cleaned up. */
  async server(change: Partial<Parameters<Cloud['compute']['servers']['create']>[0]> = {}) {
    const port = await this.port();
    const { id } = await this.cloud.compute.servers.create({
      name: uniqueName('server'),
      imageRef: await this.imageId(),
      flavorRef: await this.flavorId('m1.tiny'),
      networks: [{ port: port.id }],
      ...change,
    });
    this.later(async () => {
      await this.cloud.compute.servers.delete(id);
      await this.gone(id);
    });
    return { id, port };
  }

  async flavorId(name: string): Promise<string> {
    const flavors = await this.cloud.compute.flavors.list().all();
    return present(
      flavors.find((flavor) => flavor.name === name),
      `a flavor called ${name}`,
    ).id;
  }

  /** The server once it is in this state and nothing is being done to it. */
  reaches(id: string, status: ServerWire['status']): Promise<ServerWire> {
    return eventually(`server ${id} becomes ${status}`, async () => {
      const server = await this.cloud.compute.servers.get(id);
      if (!isKnown(server)) return undefined;
      if (server.status === 'ERROR' && status !== 'ERROR')
        throw new Error(`in ERROR: ${server.fault?.message}`);
      // Nova says that a server is in ERROR before it has written why.
      if (status === 'ERROR' && !server.fault) return undefined;
      return server.status === status && server['OS-EXT-STS:task_state'] === null ? server : undefined;
    });
  }

  gone(id: string): Promise<true> {
    return eventually(`server ${id} is gone`, async () =>
      (await this.cloud.compute.servers.find(id)) === null ? true : undefined,
    );
  }
}

/** How the client connects to a cluster of the target. */
export function connection(access: ClusterAccess) {
  const { name, authUrl, region, username, password, projectName, userDomainName, projectDomainName } =
    access;
  return {
    cluster: name,
    region,
    auth: { url: authUrl, password: { username, password, projectName, userDomainName, projectDomainName } },
  };
}

export function present<Value>(value: Value | undefined | null, what: string): Value {
  if (value === undefined || value === null) throw new Error(`The cluster should have ${what}.`);
  return value;
}
