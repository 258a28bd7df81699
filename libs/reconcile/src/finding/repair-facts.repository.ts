import { Injectable } from '@nestjs/common';
import { change, select } from '@ultron/platform/database/statement';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { Intent } from '../compare/compare.facts.js';
import type { IntentSource } from '../intent/intent.source.js';
import { floatingIpSource } from '../intent/floating-ip.source.js';
import { jsonOf } from '../intent/intent.source.js';
import { networkSource } from '../intent/network.source.js';
import { portSource } from '../intent/port.source.js';
import { routerSource } from '../intent/router.source.js';
import { serverSource } from '../intent/server.source.js';
import { subnetSource } from '../intent/subnet.source.js';
import type { Finding } from './finding.entity.js';
import type { SubjectKind } from './finding.kinds.js';
import type { CallFacts } from './repair.calls.js';

type FixedIp = { subnet_id: string; ip_address: string };

const SOURCE_OF: Partial<Record<SubjectKind, IntentSource>> = {
  server: serverSource,
  port: portSource,
  network: networkSource,
  subnet: subnetSource,
  router: routerSource,
  floating_ip: floatingIpSource,
};

/** What a repair asks our rows right before it acts. */
@Injectable()
export class RepairFacts {
  /** What became of the row that a mark names, and whether a row has the thing. */
  async owner(
    tx: Transaction,
    clusterId: string,
    kind: SubjectKind,
    mark: string,
    openstackId: string,
  ): Promise<{ known: boolean; busy: boolean; claimed: boolean }> {
    const source = SOURCE_OF[kind];
    if (!source) return { known: false, busy: false, claimed: false };
    const owner: Intent | undefined = (await source.byMarks(tx, clusterId, [mark])).get(mark);
    const claimed = (await source.claimed(tx, clusterId, [openstackId])).has(openstackId);
    return { known: owner !== undefined, busy: owner?.busy ?? false, claimed };
  }

  /** What is needed to tell what a repair of a server would ask of its cluster. */
  async callFacts(
    tx: Transaction,
    { clusterId, subjectKind, subjectId }: Pick<Finding, 'clusterId' | 'subjectKind' | 'subjectId'>,
  ): Promise<CallFacts> {
    if (subjectKind !== 'server') return { ports: [], server: null };
    const ports = await select<{ id: string }>(
      tx,
      'SELECT openstack_id AS id FROM port WHERE server_id = ? AND deleted_at IS NULL AND openstack_id IS NOT NULL',
      [subjectId],
    );
    const intent = await this.intentOf(serverSource, tx, clusterId, subjectId);
    const [name, metadata] = [intent?.name, intent && metadataOf(intent)];
    return {
      ports: ports.map(({ id }) => id),
      server: name != null && metadata ? { name, metadata } : null,
    };
  }

  /** The logical flavor that a flavor of the cluster is mapped to; of its name alone does Nova tell (since 2.47). */
  async flavorOf(tx: Transaction, clusterId: string, name: string): Promise<string | null> {
    const rows = await select<{ flavor_id: string }>(
      tx,
      'SELECT flavor_id FROM cluster_flavor WHERE cluster_id = ? AND name = ? AND flavor_id IS NOT NULL',
      [clusterId, name],
    );
    return rows.length === 1 ? (rows[0]?.flavor_id ?? null) : null;
  }

  async setFlavor(tx: Transaction, serverId: string, flavorId: string): Promise<void> {
    await change(tx, 'UPDATE server SET flavor_id = ? WHERE id = ?', [flavorId, serverId]);
  }

  /** How a port was asked for to be; null when there is no such port any more. */
  async port(
    tx: Transaction,
    clusterId: string,
    id: string,
  ): Promise<{
    openstackId: string;
    busy: boolean;
    fixedIps: FixedIp[];
    securityGroups: string[] | null;
  } | null> {
    const [intent] = (await portSource.page(tx, clusterId, previousOf(id), 1)).filter((one) => one.id === id);
    if (!intent?.openstackId) return null;
    return {
      openstackId: intent.openstackId,
      busy: intent.busy,
      fixedIps: (expectedOf(intent, 'fixed_ips') ?? []) as FixedIp[],
      securityGroups: expectedOf(intent, 'security_groups') as string[] | null,
    };
  }

  /** The findings that call a thing an orphan. */
  async orphanFindings(
    tx: Transaction,
    clusterId: string,
    kind: string,
    openstackId: string,
  ): Promise<string[]> {
    const rows = await select<{ id: string }>(
      tx,
      `SELECT id FROM finding WHERE cluster_id = ? AND kind IN ('orphan', 'foreign_port_on_segment')
         AND subject_kind = ? AND subject_id = ?`,
      [clusterId, kind, openstackId],
    );
    return rows.map(({ id }) => id);
  }

  async router(
    tx: Transaction,
    clusterId: string,
    id: string,
  ): Promise<{ openstackId: string; busy: boolean; adminStateUp: boolean } | null> {
    const intent = await this.intentOf(routerSource, tx, clusterId, id);
    if (!intent?.openstackId) return null;
    return {
      openstackId: intent.openstackId,
      busy: intent.busy,
      adminStateUp: expectedOf(intent, 'admin_state_up') === true,
    };
  }

  async floatingIp(
    tx: Transaction,
    clusterId: string,
    id: string,
  ): Promise<{ openstackId: string; busy: boolean; portId: string | null } | null> {
    const intent = await this.intentOf(floatingIpSource, tx, clusterId, id);
    if (!intent?.openstackId) return null;
    return {
      openstackId: intent.openstackId,
      busy: intent.busy,
      portId: expectedOf(intent, 'port_id') as string | null,
    };
  }

  async subnet(
    tx: Transaction,
    clusterId: string,
    id: string,
  ): Promise<{
    openstackId: string;
    busy: boolean;
    allocationPools: { start: string; end: string }[];
  } | null> {
    const intent = await this.intentOf(subnetSource, tx, clusterId, id);
    if (!intent?.openstackId) return null;
    return {
      openstackId: intent.openstackId,
      busy: intent.busy,
      allocationPools: jsonOf(
        (expectedOf(intent, 'allocation_pools') ?? []) as { start: string; end: string }[],
      ),
    };
  }

  private async intentOf(
    source: IntentSource,
    tx: Transaction,
    clusterId: string,
    id: string,
  ): Promise<Intent | undefined> {
    const [intent] = await source.page(tx, clusterId, previousOf(id), 1);
    return intent?.id === id ? intent : undefined;
  }
}

const expectedOf = (intent: Intent, field: string): unknown =>
  intent.expected.find((expected) => expected.field === field)?.value ?? null;

/** What was adopted without a mark is told none. */
const metadataOf = (intent: Intent): Record<string, string> =>
  (expectedOf(intent, 'metadata') ?? expectedOf(intent, 'unmarked_metadata') ?? {}) as Record<string, string>;

/** A page that begins behind this begins with the id, if there is such a row. */
const previousOf = (id: string): string =>
  id.slice(0, -1) + String.fromCharCode(id.charCodeAt(id.length - 1) - 1) + '~';
