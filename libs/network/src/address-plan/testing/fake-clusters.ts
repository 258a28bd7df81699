import { contains, formatBlock, overlaps, sameBlock, type Block } from '../block/block.js';
import type { SegmentRow } from '../segment/segment.repository.js';

/** What the clusters have built: as Neutron does, they refuse a subnet that overlaps another of the same network. */
export class FakeClusters {
  private readonly built = new Map<string, { clusterId: string; block: Block }>();

  /** Builds the segment, or finds it built; false when what is there overlaps it. */
  ensure({ id, clusterId, block }: SegmentRow): boolean {
    const own = this.built.get(id);
    if (own) return sameBlock(own.block, block);
    const others = [...this.built.values()].filter((one) => overlaps(one.block, block));
    if (others.length > 0 || clusterId === null) return false;
    this.built.set(id, { clusterId, block });
    return true;
  }

  remove(segmentId: string): void {
    this.built.delete(segmentId);
  }

  has({ id, block }: SegmentRow): boolean {
    const own = this.built.get(id);
    return own !== undefined && sameBlock(own.block, block);
  }

  /** An active segment is built, exactly, in its cluster, and nowhere else is anything built that overlaps it. */
  disagreements(segments: readonly SegmentRow[]): string[] {
    const active = segments.filter(({ state }) => state === 'active');
    return active.flatMap((segment) => {
      const there = [...this.built].filter(([, one]) => overlaps(one.block, segment.block));
      const [[id, one] = []] = there;
      const right = there.length === 1 && id === segment.id && one?.clusterId === segment.clusterId;
      const exact =
        one !== undefined && contains(one.block, segment.block) && contains(segment.block, one.block);
      return right && exact ? [] : [`I9: ${formatBlock(segment.block)} is active, but not built so`];
    });
  }
}
