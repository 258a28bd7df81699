import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import {
  ADDRESS_PLAN_CONFIG,
  type AddressPlanConfig,
} from '@ultron/network/address-plan/address-plan.config';
import {
  FleetUsageRepository,
  type FleetUsage,
} from '@ultron/network/address-plan/usage/fleet-usage.repository';
import { PlanRoomService } from '@ultron/network/address-plan/usage/plan-room.service';
import { exhaustedInS } from '@ultron/network/address-plan/usage/rate.rules';
import { strandedRatio } from '@ultron/network/address-plan/usage/usage.rules';
import { Database } from '@ultron/platform/database/database.service';
import { Log } from '@ultron/platform/logging/logger';
import { metrics } from '@ultron/platform/metrics/metrics';
import { Gauge } from 'prom-client';

/** How long what was read is shown: it is one statement about all segments there are. */
const READING_MS = 15_000;
/** VPCs that are shown one by one: those that run dry first. Thousands of them would drown whoever collects. */
const MOST_VPCS = 100;

const STATES = ['free', 'coming', 'infra', 'reserved', 'cooling', 'used'] as const;

const GAUGES = {
  addresses: ['ultron_addresses', 'Addresses of all VPCs by cluster and state.', ['cluster', 'state']],
  stranded: [
    'ultron_addresses_stranded_ratio',
    'Of all free addresses, the share in clusters where the VPC had no placement for a day.',
    [],
  ],
  supplements: ['ultron_address_supplements', 'Supplements of all VPCs so far.', []],
  ofVpc: [
    'ultron_vpc_addresses',
    'Addresses of the VPCs that run dry first, by cluster and state.',
    ['vpc', 'cluster', 'state'],
  ],
  strandedOfVpc: [
    'ultron_vpc_stranded_ratio',
    'Of the free addresses of the VPC, the share in clusters where it had no placement for a day.',
    ['vpc'],
  ],
  exhausted: [
    'ultron_vpc_exhausted_seconds',
    'When the free addresses are used up at the present rate; absent while that is not within sight.',
    ['vpc', 'cluster'],
  ],
  batch: [
    'ultron_vpc_largest_batch',
    'Servers that the cluster can be given at once, with what a supplement would bring.',
    ['vpc', 'cluster'],
  ],
} as const satisfies Record<string, readonly [string, string, readonly string[]]>;

type Gauges = Record<keyof typeof GAUGES, Gauge>;

/** The usage of the address plan. Every process of the API shows the same. */
@Injectable()
export class PlanMetrics implements OnModuleInit {
  private reading: Promise<void> | undefined;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(Log) private readonly log: Log,
    @Inject(FleetUsageRepository) private readonly fleet: FleetUsageRepository,
    @Inject(PlanRoomService) private readonly rooms: PlanRoomService,
    @Inject(ADDRESS_PLAN_CONFIG) private readonly config: AddressPlanConfig,
  ) {}

  onModuleInit(): void {
    // Whichever is collected first reads for all.
    const collect = (): Promise<void> => {
      this.reading ??= this.guarded(gauges).finally(() =>
        setTimeout(() => (this.reading = undefined), READING_MS).unref(),
      );
      return this.reading;
    };
    const made = Object.entries(GAUGES).map(([key, [name, help, labelNames]]) => {
      metrics.removeSingleMetric(name);
      return [
        key,
        new Gauge({ name, help, labelNames: [...labelNames], registers: [metrics], collect }),
      ] as const;
    });
    const gauges = Object.fromEntries(made) as Gauges;
  }

  /** The metrics of the process itself must be seen also while the database is away. */
  private async guarded(gauges: Gauges): Promise<void> {
    try {
      await this.read(gauges);
    } catch (error) {
      this.log.debug('addresses could not be counted', { reason: String(error) });
    }
  }

  private async read(gauges: Gauges): Promise<void> {
    const { read } = this.database;
    const all = await this.fleet.all(read, this.config.rateWindowS);
    const supplements = await this.fleet.supplements(read);
    const shown = firstDry(all);
    const rooms = await this.rooms.roomsOf(
      read,
      shown.map(([vpcId]) => ({ vpcId })),
    );
    for (const gauge of Object.values(gauges)) gauge.reset();
    gauges.supplements.set(supplements);
    gauges.stranded.set(strandedRatio(all));
    for (const [cluster, own] of Map.groupBy(all, (one) => one.cluster)) {
      for (const state of STATES) gauges.addresses.set({ cluster, state }, sum(own, state));
    }
    shown.forEach(([vpc, own], i) => {
      gauges.strandedOfVpc.set({ vpc }, strandedRatio(own));
      for (const one of own) {
        const { cluster } = one;
        for (const state of STATES) gauges.ofVpc.set({ vpc, cluster, state }, one[state]);
        const left = exhaustedInS(one.free + one.coming, one.rate);
        if (left !== null) gauges.exhausted.set({ vpc, cluster }, left);
        const room = rooms[i]?.rooms.find(({ clusterId }) => clusterId === one.clusterId);
        gauges.batch.set({ vpc, cluster }, one.free + one.coming + (room?.replenishable ?? 0));
      }
    });
  }
}

/** The VPCs whose addresses are used up first in some cluster, then those that have the fewest left in one. */
function firstDry(all: readonly FleetUsage[]): [string, FleetUsage[]][] {
  const left = ({ free, coming, rate }: FleetUsage) => exhaustedInS(free + coming, rate) ?? Infinity;
  const room = ({ free, coming }: FleetUsage) => free + coming;
  const least = (own: readonly FleetUsage[], of: (one: FleetUsage) => number) => Math.min(...own.map(of));
  const byVpc = [...Map.groupBy(all, ({ vpcId }) => vpcId)].map(([id, own]) => ({
    id,
    own,
    left: least(own, left),
    room: least(own, room),
  }));
  return byVpc
    .toSorted((a, b) => compare(a.left, b.left) || a.room - b.room || (a.id < b.id ? -1 : 1))
    .slice(0, MOST_VPCS)
    .map(({ id, own }) => [id, own]);
}

/** As by subtraction, which says nothing of two that are infinite. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function sum(own: readonly FleetUsage[], state: (typeof STATES)[number]): number {
  return own.reduce((total, one) => total + one[state], 0);
}
