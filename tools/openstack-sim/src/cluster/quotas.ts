import { type OnChange, Table } from '../store/table.js';
import type { ClusterSettings, QuotaSettings } from './cluster.settings.js';

/** Limits that were set for one project; the id is the project's. */
export type QuotaRow = { id: string } & Partial<QuotaSettings>;

/** The limits of each project: those set for it, and the cluster's for all others. */
export class Quotas {
  readonly table: Table<QuotaRow>;

  constructor(
    onChange: OnChange,
    private readonly settings: ClusterSettings,
  ) {
    this.table = new Table('quotas', onChange);
  }

  of(projectId: string): QuotaSettings {
    return { ...this.settings.quota, ...this.table.get(projectId) };
  }

  /** Sets the limits that are named among `changes` and of which `names` speaks; others are left out. */
  set(projectId: string, changes: Record<string, unknown>, names: readonly (keyof QuotaSettings)[]): void {
    const row: QuotaRow = { ...this.table.get(projectId), id: projectId };
    for (const name of names) {
      const limit = changes[name];
      if (typeof limit === 'number') row[name] = limit;
    }
    this.table.add(row);
  }

  reset(projectId: string): void {
    const row = this.table.get(projectId);
    if (row) this.table.remove(row);
  }
}
