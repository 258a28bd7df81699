import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Database } from '@ultron/platform/database/database.service';
import { TaskViewRepository } from './task-view.repository.js';

interface Watch {
  id: string;
  version: number;
  wake: () => void;
}

const POLL_MS = 200;

/** Long polls of a process: one statement and interval asks for all the tasks that somebody watches. */
@Injectable()
export class TaskChanges implements OnModuleDestroy {
  private readonly watches = new Set<Watch>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(Database) private readonly database: Database,
    @Inject(TaskViewRepository) private readonly views: TaskViewRepository,
  ) {}

  /** Resolves when the version differs, after `ms`, or when the signal aborts (the caller went away). */
  wait(id: string, version: number, ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const wake = () => {
        clearTimeout(deadline);
        signal?.removeEventListener('abort', wake);
        this.watches.delete(watch);
        resolve();
      };
      const watch = { id, version, wake };
      const deadline = setTimeout(wake, ms);
      signal?.addEventListener('abort', wake, { once: true });
      this.watches.add(watch);
      this.schedule();
    });
  }

  /** On shutdown everybody gets the answer of the moment. */
  onModuleDestroy(): void {
    clearTimeout(this.timer);
    for (const watch of [...this.watches]) watch.wake();
  }

  private schedule(): void {
    if (this.timer !== undefined || this.watches.size === 0) return;
    this.timer = setTimeout(() => void this.poll(), POLL_MS);
  }

  private async poll(): Promise<void> {
    const watched = [...this.watches];
    if (watched.length > 0) {
      // The database being away only delays the answers; each watch has its own deadline.
      const versions = await this.versionsOf(watched).catch(() => undefined);
      for (const watch of watched) if (versions && versions.get(watch.id) !== watch.version) watch.wake();
    }
    this.timer = undefined;
    this.schedule();
  }

  private versionsOf(watched: readonly Watch[]): Promise<Map<string, number>> {
    return this.views.versions(this.database.read, [...new Set(watched.map((watch) => watch.id))]);
  }
}
