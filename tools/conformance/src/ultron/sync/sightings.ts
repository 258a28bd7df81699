import type { SyncJob } from './sync-job.js';
import type { Sight } from './thing.js';

export type Step = 'make' | 'change' | 'remove';

interface Seen {
  step: Step;
  thing: string;
  sight: string;
  /** From the moment the command had ended; null when it was not seen in time. */
  ms: number | null;
}

/** Looks, beside whatever else is done, when Ultron shows what was done. */
export class Sightings {
  private readonly seen: Seen[] = [];
  private watching: Promise<void>[] = [];

  constructor(private readonly sync: SyncJob) {}

  watch(thing: string, step: Step, sights: readonly Sight[], seconds: number): void {
    for (const sight of sights) this.watching.push(this.look(thing, step, sight, seconds));
  }

  async ended(): Promise<void> {
    await Promise.all(this.watching);
    this.watching = [];
  }

  /** What was not seen in time. */
  get missed(): Seen[] {
    return this.seen.filter(({ ms }) => ms === null);
  }

  print(title: string): void {
    const lines = this.seen.map(({ step, thing, sight, ms }) =>
      [ms === null ? 'never' : `${(ms / 1000).toFixed(1)} s`, step, thing, sight].join('\t'),
    );
    process.stderr.write(`\n${title}\n${lines.join('\n')}\n`);
  }

  private async look(thing: string, step: Step, sight: Sight, seconds: number): Promise<void> {
    const began = performance.now();
    const ms = await this.sync.shows(sight.kind, sight.of, sight.what, sight.good, seconds).then(
      () => performance.now() - began,
      () => null,
    );
    this.seen.push({ step, thing, sight: `${sight.kind} ${sight.what}`, ms });
  }
}
