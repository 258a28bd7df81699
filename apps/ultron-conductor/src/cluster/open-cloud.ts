import type { ClusterConnection } from '@ultron/cluster/cluster/cluster.types';
import { Cloud } from '@ultron/openstack/cloud';
import type { CloudAuth, CloudOptions } from '@ultron/openstack/cloud.options';

/** A client for the cluster as it is registered. */
export function openCloud(connection: ClusterConnection, options: Partial<CloudOptions> = {}): Cloud {
  const { name, region, interface: endpointInterface } = connection;
  return new Cloud({
    cluster: name,
    auth: authOf(connection),
    interface: endpointInterface,
    ...(region === null ? {} : { region }),
    ...options,
  });
}

function authOf({ authUrl: url, credential }: ClusterConnection): CloudAuth {
  if (credential.kind === 'application_credential') {
    return { url, applicationCredential: { id: credential.id, secret: credential.secret } };
  }
  const { kind: _, ...password } = credential;
  return { url, password };
}
