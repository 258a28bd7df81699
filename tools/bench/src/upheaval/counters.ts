const SWITCH = 'ultron_sync_switch_seconds_bucket';
const REFUSED = 'ultron_sync_writes_refused_total';
const ANSWER_MS = 1_000;

interface Counted {
  refused: number;
  /** Switches that took at most so many seconds, by that number of seconds. */
  switches: Map<number, number>;
}

/** What conductors have counted, those that are no more among them: the last that was heard of each. */
export class Counters {
  private readonly latest = new Map<string, Counted>();

  /** One that does not answer keeps what it had. */
  async read(name: string, url: string): Promise<void> {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
      if (response.ok) this.latest.set(name, countedIn(await response.text()));
    } catch {
      // It is dead, or stopped.
    }
  }

  get writesRefused(): number {
    return [...this.latest.values()].reduce((sum, { refused }) => sum + refused, 0);
  }

  /** The time below which the share `q` of the switches of lanes stayed, in milliseconds, as exact as the buckets are. */
  switchMs(q: number): number {
    const buckets = this.buckets();
    const wanted = q * (buckets.at(-1)?.[1] ?? 0);
    let [from, before] = [0, 0];
    for (const [to, count] of buckets) {
      if (count >= wanted && to !== Infinity)
        return 1000 * (from + ((to - from) * (wanted - before)) / Math.max(1, count - before));
      [from, before] = [to, count];
    }
    return Infinity;
  }

  /** How many switches there were. */
  get switches(): number {
    return this.buckets().at(-1)?.[1] ?? 0;
  }

  private buckets(): [number, number][] {
    const sums = new Map<number, number>();
    for (const { switches } of this.latest.values()) {
      for (const [to, count] of switches) sums.set(to, (sums.get(to) ?? 0) + count);
    }
    return [...sums].toSorted(([a], [b]) => a - b);
  }
}

/** Of Prometheus' text form, which has a line for each number. */
export function countedIn(text: string): Counted {
  const counted: Counted = { refused: 0, switches: new Map() };
  for (const line of text.split('\n')) {
    const [, name, labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (name === REFUSED) counted.refused = Number(value);
    if (name !== SWITCH) continue;
    const [, to] = /le="([^"]+)"/.exec(labels) ?? [];
    counted.switches.set(to === '+Inf' ? Infinity : Number(to), Number(value));
  }
  return counted;
}
