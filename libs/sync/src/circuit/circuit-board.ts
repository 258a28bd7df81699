import type { Database } from '@ultron/platform/database/database.service';
import { clustersShut } from '../engine/sync.metrics.js';
import { ClusterCircuit } from './cluster-circuit.js';
import { OpenCircuitRepository } from './open-circuit.repository.js';

export interface CircuitBoardParts {
  database: Database;
  conductorId: string;
}

/** The circuits of the clusters that this conductor reads; those that are open stand in the database as well. */
export class CircuitBoard {
  private readonly circuits = new Map<string, ClusterCircuit>();
  /** The next try of each open circuit, as it was written. */
  private readonly written = new Map<string, number>();
  private readonly rows = new OpenCircuitRepository();

  constructor(
    private readonly parts: CircuitBoardParts,
    private readonly now: () => number = () => performance.now(),
  ) {}

  of(clusterId: string): ClusterCircuit {
    let circuit = this.circuits.get(clusterId);
    if (!circuit) {
      circuit = new ClusterCircuit(this.now);
      this.circuits.set(clusterId, circuit);
    }
    return circuit;
  }

  /** The clusters that were ever asked for. */
  get clusterIds(): string[] {
    return [...this.circuits.keys()];
  }

  /** Writes what has changed since it was last written. */
  async write(): Promise<void> {
    clustersShut.set([...this.circuits.values()].filter(({ state }) => state === 'open').length);
    for (const [clusterId, { opening }] of this.circuits) {
      if (opening === null) await this.writeClosed(clusterId);
      else if (this.written.get(clusterId) !== opening.nextTryAt) await this.writeOpen(clusterId, opening);
    }
  }

  private async writeOpen(
    clusterId: string,
    { openedAt, nextTryAt }: { openedAt: number; nextTryAt: number },
  ): Promise<void> {
    const { database, conductorId } = this.parts;
    const now = this.now();
    if (!this.written.has(clusterId)) await this.rows.forget(database.read);
    await this.rows.write(database.read, conductorId, {
      clusterId,
      openForMs: now - openedAt,
      nextTryInMs: nextTryAt - now,
    });
    this.written.set(clusterId, nextTryAt);
  }

  private async writeClosed(clusterId: string): Promise<void> {
    if (!this.written.has(clusterId)) return;
    await this.rows.remove(this.parts.database.read, this.parts.conductorId, clusterId);
    this.written.delete(clusterId);
  }
}
