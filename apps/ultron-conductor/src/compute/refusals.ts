import { OpenStackError } from '@ultron/openstack/error/openstack-error';

/** More than these are never worth remembering. */
const MOST = 10_000;

/** A try of a task: what is tried, and by which claim of the task. */
export interface Try {
  taskId: string;
  what: string;
  epoch: number;
}

/**
 * Which tries failed for certain: the cluster said no, or was never reached, so nothing came of them and nothing need
 * be looked for. Kept in memory only; whoever does not know looks. It is worth nothing once another claim lay in
 * between: that one, in another process, may have tried again with an outcome that nobody knows.
 */
export class Refusals {
  private readonly epochs = new Map<string, number>();

  /** Runs the try and remembers its certain failure. */
  async watch<T>(tried: Try, attempt: () => Promise<T>): Promise<T> {
    this.epochs.delete(keyOf(tried));
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof OpenStackError && !error.outcomeUnknown && this.epochs.size < MOST)
        this.epochs.set(keyOf(tried), tried.epoch);
      throw error;
    }
  }

  /** Whether the try of the claim right before failed for certain; forgets it. */
  take(next: Try): boolean {
    const epoch = this.epochs.get(keyOf(next));
    this.epochs.delete(keyOf(next));
    return epoch === next.epoch - 1;
  }
}

const keyOf = ({ taskId, what }: Try): string => `${taskId} ${what}`;
