import { newId } from '@ultron/kernel/id';
import type { AddressPlanFixture } from '@ultron/network/address-plan/testing/address-plan.fixture';

const VPCS = 4;
/** Of one VPC of one cluster: 16 segments of 252. */
const PER_VPC = 4032;

/** VPCs that are wholly one cluster's, emptied before every round. */
export class Arena {
  private readonly reservations: string[] = [];

  private constructor(
    private readonly fixture: AddressPlanFixture,
    private readonly vpcs: readonly { vpcId: string; clusterId: string }[],
  ) {}

  static async make(fixture: AddressPlanFixture, poolId: string): Promise<Arena> {
    const vpcs = [];
    for (let i = 0; i < VPCS; i++) {
      const [idcId, clusterId] = [newId(), newId()];
      const vpcId = await fixture.addVpc(poolId, { idcIds: [idcId] });
      for (let slot = 0; slot < 4; slot++) {
        await fixture.plan.createSubnet({ id: newId(), vpcId, idcId, clusterIds: [clusterId] });
      }
      await fixture.build(vpcId);
      const demands = [{ clusterId, eligible: true }];
      const command = { id: newId(), vpcId, idcId, clusterId, need: PER_VPC, urgent: true, demands };
      await fixture.supplements.supplement(command);
      await fixture.build(vpcId);
      vpcs.push({ vpcId, clusterId });
    }
    return new Arena(fixture, vpcs);
  }

  /** Takes back all that was handed out. */
  async empty(): Promise<void> {
    await this.fixture.addresses.giveBackUnused(this.reservations.splice(0));
  }

  /** One call for so many addresses; calls take the VPCs in turn. */
  async allocate(call: number, count: number): Promise<void> {
    const vpc = this.vpcs[call % this.vpcs.length];
    if (!vpc) throw new RangeError('the arena has VPCs');
    const reservationId = newId();
    this.reservations.push(reservationId);
    await this.fixture.addresses.allocate({ ...vpc, reservationId, count });
  }
}
