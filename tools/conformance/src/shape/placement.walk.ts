import type { Walker } from './walk.js';

const UNKNOWN = '00000000-0000-0000-0000-000000000000';

export async function placementWalk(walker: Walker): Promise<void> {
  const version = 'placement 1.36';
  await walker.ask('placement version', 'placement', 'GET', '/', { token: '' });
  const listed = await walker.ask('resource providers', 'placement', 'GET', '/resource_providers', {
    version,
  });
  const [provider] = (listed.body as { resource_providers: { uuid: string }[] }).resource_providers;
  if (!provider) throw new Error('the cluster has no resource provider');
  const path = `/resource_providers/${provider.uuid}`;
  await walker.ask('resource providers at the least version', 'placement', 'GET', '/resource_providers');
  await walker.ask('resource provider', 'placement', 'GET', path, { version });
  await walker.ask('inventories', 'placement', 'GET', `${path}/inventories`, { version });
  await walker.ask('usages', 'placement', 'GET', `${path}/usages`, { version });
  await walker.ask('resource provider unknown', 'placement', 'GET', `/resource_providers/${UNKNOWN}`, {
    version,
  });
  await walker.ask('placement above its versions', 'placement', 'GET', '/resource_providers', {
    version: 'placement 1.999',
  });
  await walker.ask('placement without a token', 'placement', 'GET', '/resource_providers', { token: '' });
}
