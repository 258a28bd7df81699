import { newId } from '@ultron/kernel/id';
import { AddressPlanFixture } from '@ultron/network/address-plan/testing/address-plan.fixture';
import { alternate, median, medianRatio, type Figure } from '../figures.js';
import { bringUp, type LabCluster } from '../lab/lab-clusters.js';
import { Arena } from './arena.js';
import { NeutronPorts } from './neutron-ports.js';
import { startPlanDatabase } from './plan-database.js';
import { rate } from './rate.js';

const ROUNDS = 1;
const CONNECTIONS = 10;
/** Calls of a round: few, because Neutron takes seconds to make a hundred ports, and as long to delete them. */
const CALLS: readonly (readonly [batch: number, calls: number])[] = [
  [1, 16],
  [100, 2],
];
const CALLERS = [1, 8];

/** Addresses handed out by the plan, against Neutron choosing them for ports that it makes one by one and in bulk. */
export async function addressesLab(): Promise<Figure[]> {
  const clusters = await bringUp();
  const started = await startPlanDatabase(CONNECTIONS);
  try {
    const fixture = new AddressPlanFixture(started.database);
    const poolId = newId();
    await fixture.plan.createPool({ id: poolId, name: 'bench', cidr: '11.0.0.0/8' });
    const arena = await Arena.make(fixture, poolId);
    const figures: Figure[] = [];
    for (const cluster of clusters) figures.push(...(await compare(arena, cluster)));
    return figures;
  } finally {
    await started.stop();
  }
}

async function compare(arena: Arena, cluster: LabCluster): Promise<Figure[]> {
  const neutron = await NeutronPorts.make(cluster);
  const figures: Figure[] = [];
  try {
    await neutron.create(1);
    for (const [batch, calls] of CALLS) {
      for (const callers of CALLERS) {
        const ultron = async () => {
          await arena.empty();
          return rate(calls, callers, batch, (call) => arena.allocate(call, batch));
        };
        const peer = async () => {
          await neutron.empty();
          return rate(calls, callers, batch, () => neutron.create(batch));
        };
        await ultron();
        const { a, b } = await alternate(ROUNDS, ultron, peer);
        const of = `${cluster.name}_batch_${batch}_callers_${callers}`;
        const found = [
          figure(`ultron_${of}`, median(a), 'addresses/s'),
          figure(`neutron_${of}`, median(b), 'addresses/s'),
          figure(`ratio_${of}`, medianRatio(a, b), 'x'),
        ];
        // Said at once: on a busy lab the rest may take long.
        for (const { metric, value, unit } of found) console.error(metric, value.toFixed(1), unit);
        figures.push(...found);
      }
    }
  } finally {
    await neutron.close();
  }
  return figures;
}

function figure(metric: string, value: number, unit: string): Figure {
  return { scenario: 'addresses-lab', metric, value, unit };
}
