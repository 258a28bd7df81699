import { newId } from '@ultron/kernel/id';
import { childAt, parseBlock, toBytes, type Block } from '@ultron/network/address-plan/block/block';
import type { AddressPlanFixture } from '@ultron/network/address-plan/testing/address-plan.fixture';

const CHUNK = 4_000;
/** Bound addresses of a segment; the others are free. */
const PER_SEGMENT = 250;

/** Other people's addresses: VPCs, segments and bound addresses, written straight into the tables. */
export class Crowd {
  private held = 0;
  private segments = 0;

  private constructor(
    private readonly fixture: AddressPlanFixture,
    private readonly poolId: string,
    private readonly space: Block,
  ) {}

  static async make(fixture: AddressPlanFixture, cidr: string): Promise<Crowd> {
    const poolId = newId();
    await fixture.plan.createPool({ id: poolId, name: 'crowd', cidr });
    return new Crowd(fixture, poolId, parseBlock(cidr, '/cidr'));
  }

  /** Adds addresses until there are so many. */
  async growTo(total: number): Promise<void> {
    while (this.held < total) {
      const segments: unknown[][] = [];
      const addresses: unknown[][] = [];
      while (addresses.length < CHUNK && this.held < total) {
        this.fillSegment(Math.min(PER_SEGMENT, total - this.held), segments, addresses);
      }
      await this.fixture.database.transaction(async (tx) => {
        await tx.query(
          `INSERT INTO segment (id, scope_id, vpc_id, subnet_id, base, prefix, state, cluster_id, held) VALUES ?`,
          [segments],
        );
        await tx.query(
          'INSERT INTO address (scope_id, address, segment_id, state, reservation_id, port_id) VALUES ?',
          [addresses],
        );
      });
    }
  }

  private fillSegment(count: number, segments: unknown[][], addresses: unknown[][]): void {
    const block = childAt(this.space, 24, this.segments++);
    const [id, base] = [newId(), toBytes(4, block.base)];
    segments.push([id, this.poolId, newId(), newId(), base, block.prefix, 'active', newId(), count]);
    for (let i = 0; i < count; i++) {
      const address = toBytes(4, block.base + BigInt(i + 3));
      addresses.push([this.poolId, address, id, 'bound', newId(), newId()]);
    }
    this.held += count;
  }
}
