import { Injectable } from '@nestjs/common';
import type { Transaction } from '@ultron/platform/database/transaction';
import type { FoundAvailabilityZone, FoundService, Inventory } from './inventory.js';

/** The relations that hold what was discovered of a cluster. */
@Injectable()
export class InventoryRepository {
  /** Makes the rows of the cluster equal to what was found; the cluster's row must be locked. */
  async apply(tx: Transaction, clusterId: string, found: Inventory): Promise<void> {
    await this.replace(
      tx,
      'cluster_service (cluster_id, service_type, endpoint, min_version, max_version)',
      clusterId,
      found.services.map((service) => [
        service.serviceType,
        service.endpoint,
        service.minVersion,
        service.maxVersion,
      ]),
    );
    await this.replace(
      tx,
      'cluster_extension (cluster_id, alias)',
      clusterId,
      [...new Set(found.extensions)].map((alias) => [alias]),
    );
    await this.replace(
      tx,
      'cluster_capability (cluster_id, name, declared)',
      clusterId,
      [...new Set(found.capabilities)].map((name) => [name, false]),
      'AND NOT declared',
    );
    await this.replace(
      tx,
      'cluster_availability_zone (cluster_id, name, available)',
      clusterId,
      found.availabilityZones.map((zone) => [zone.name, zone.available]),
    );
  }

  /** Makes what an operator declares of the cluster equal to these names. */
  async declare(tx: Transaction, clusterId: string, names: readonly string[]): Promise<void> {
    await this.replace(
      tx,
      'cluster_capability (cluster_id, name, declared)',
      clusterId,
      [...new Set(names)].map((name) => [name, true]),
      'AND declared',
    );
  }

  /** The names that an operator declared. */
  async declared(tx: Transaction, clusterId: string): Promise<string[]> {
    const rows = await tx.query<{ name: string }[]>(
      'SELECT name FROM cluster_capability WHERE cluster_id = ? AND declared ORDER BY name',
      [clusterId],
    );
    return rows.map((row) => row.name);
  }

  async read(tx: Transaction, clusterId: string): Promise<Inventory> {
    const services = await tx.query<FoundService[]>(
      `SELECT service_type AS serviceType, endpoint, min_version AS minVersion, max_version AS maxVersion
       FROM cluster_service WHERE cluster_id = ? ORDER BY service_type`,
      [clusterId],
    );
    const extensions = await tx.query<{ alias: string }[]>(
      'SELECT alias FROM cluster_extension WHERE cluster_id = ? ORDER BY alias',
      [clusterId],
    );
    const capabilities = await tx.query<{ name: string }[]>(
      'SELECT DISTINCT name FROM cluster_capability WHERE cluster_id = ? ORDER BY name',
      [clusterId],
    );
    const zones = await tx.query<{ name: string; available: number }[]>(
      'SELECT name, available FROM cluster_availability_zone WHERE cluster_id = ? ORDER BY name',
      [clusterId],
    );
    return {
      services,
      extensions: extensions.map((row) => row.alias),
      capabilities: capabilities.map((row) => row.name),
      availabilityZones: zones.map<FoundAvailabilityZone>(({ name, available }) => ({
        name,
        available: Boolean(available),
      })),
    };
  }

  private async replace(
    tx: Transaction,
    into: string,
    clusterId: string,
    rows: readonly (readonly unknown[])[],
    only = '',
  ): Promise<void> {
    const [table] = into.split(' ');
    await tx.query(`DELETE FROM ${table} WHERE cluster_id = ? ${only}`, [clusterId]);
    if (rows.length) await tx.query(`INSERT INTO ${into} VALUES ?`, [rows.map((row) => [clusterId, ...row])]);
  }
}
