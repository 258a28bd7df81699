import { OpenStackError } from '@ultron/openstack/error/openstack-error';

/** More than these are never worth remembering. */
const MOST = 10_000;

/**
 * Which tries failed for certain: the cluster said no, or was never reached, so nothing came of them and nothing need
 * be looked for. Kept in memory only; whoever does not know looks.
 */
export class Refusals {
  private readonly known = new Set<string>();

  /** Runs the try and remembers its certain failure. */
  async watch<T>(key: string, attempt: () => Promise<T>): Promise<T> {
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof OpenStackError && !error.outcomeUnknown && this.known.size < MOST)
        this.known.add(key);
      throw error;
    }
  }

  /** Whether the last try failed for certain; forgets it. */
  take(key: string): boolean {
    return this.known.delete(key);
  }
}
