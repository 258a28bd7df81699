import { randomBytes, randomUUID } from 'node:crypto';
import type { ServerCreateResponseWire, ServerCreateWire } from '@ultron/openstack/compute/servers.wire';
import { bodyMember } from '../http/body.js';
import { type Call, type Reply, reply, tokenOf } from '../http/call.js';
import type { ServerRow } from './compute.store.js';
import { beginAction } from './lifecycle.js';
import { links } from './links.js';
import { projectOf } from './nova.errors.js';
import { type CreatePlan, planCreate } from './server-create.rules.js';
import { POWER } from './server.state.js';

/** `POST /servers`: checked and accepted (202); a host is looked for afterwards. */
export function createServers(call: Call): Reply {
  const given = bodyMember(call, 'server') as unknown as ServerCreateWire;
  const plan = planCreate(call, given);
  const reservation = `r-${randomBytes(4).toString('hex')}`;
  const rows = Array.from({ length: plan.count }, (_, index) =>
    newRow(call, given, plan, { reservation, index }),
  );
  for (const row of rows) start(call, row);
  const [first] = rows;
  if (!first) throw new Error('no server was made');
  if (given.return_reservation_id) return reply(202, { reservation_id: reservation });
  return reply<ServerCreateResponseWire>(202, created(call, first), {
    Location: `${call.base}/compute/v2.1/servers/${first.id}`,
  });
}

function created(call: Call, row: ServerRow): ServerCreateResponseWire {
  return {
    server: {
      id: row.id,
      links: links(call, 'servers', row.id),
      'OS-DCF:diskConfig': row.diskConfig,
      security_groups: row.securityGroups.map((name) => ({ name })),
      adminPass: randomBytes(9).toString('base64url'),
    },
  };
}

function newRow(
  call: Call,
  given: ServerCreateWire,
  plan: CreatePlan,
  batch: { reservation: string; index: number },
): ServerRow {
  const { cluster } = call;
  const now = cluster.clock.now();
  const name = plan.count > 1 ? `${given.name}-${batch.index + 1}` : given.name;
  return {
    id: randomUUID(),
    number: cluster.compute.nextNumber(),
    name,
    description: given.description ?? null,
    projectId: projectOf(call),
    userId: tokenOf(call).user.id,
    createdAt: now,
    updatedAt: now,
    launchedAt: null,
    terminatedAt: null,
    vmState: 'building',
    taskState: 'scheduling',
    powerState: POWER.none,
    flavor: { ...plan.flavor },
    imageId: given.imageRef ?? '',
    keyName: given.key_name ?? null,
    metadata: { ...given.metadata },
    tags: [...(given.tags ?? [])],
    zone: plan.zone ?? '',
    requestedZone: plan.zone,
    hostname: given.hostname ?? name.toLowerCase().replace(/[^a-z0-9.-]+/g, '-'),
    host: null,
    userData: given.user_data ?? null,
    configDrive: given.config_drive === true,
    diskConfig: given['OS-DCF:diskConfig'] ?? 'MANUAL',
    accessIPv4: given.accessIPv4 ?? '',
    accessIPv6: given.accessIPv6 ?? '',
    reservationId: batch.reservation,
    launchIndex: batch.index,
    locked: false,
    lockedReason: null,
    securityGroups: (given.security_groups ?? [{ name: 'default' }]).map((group) => group.name),
    requestedNetworks: plan.networks,
    ownPorts: [],
    fault: null,
    actions: [],
    pending: null,
  };
}

function start(call: Call, row: ServerRow): void {
  const { cluster } = call;
  const action = beginAction(row, 'create', {
    requestId: call.requestId,
    userId: row.userId,
    now: row.createdAt,
  });
  cluster.compute.servers.add(row);
  cluster.lifecycle.begin(
    row,
    'schedule',
    cluster.settings.lifecycle.schedule,
    action,
    call.effects.noValidHost,
  );
}
