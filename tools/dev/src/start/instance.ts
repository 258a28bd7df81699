import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DevConfig } from '../dev.config.js';

/** The ports of one instance, counted from its base. */
export interface InstancePorts {
  api: number;
  simulator: number;
  database: number;
  redis: number;
  /** Health of the first conductor; the others follow. */
  conductors: number;
}

/** From a base, the ports of an instance of up to six conductors: who chooses a base sees that these are free. */
export const INSTANCE_PORT_OFFSETS = [0, 1, 2, 3, 10, 11, 12, 13, 14, 15];

/** Where one instance keeps what it has. */
export interface Instance {
  dataDir: string;
  logs: string;
  processFile: string;
  ports: InstancePorts;
  url: string;
}

export function instanceOf(config: DevConfig): Instance {
  const base = config.portBase;
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  return {
    dataDir: config.dataDir,
    logs: join(config.dataDir, 'logs'),
    processFile: join(config.dataDir, 'processes.json'),
    ports: { api: base, simulator: base + 1, database: base + 2, redis: base + 3, conductors: base + 10 },
    url: `http://127.0.0.1:${base}`,
  };
}

/** The path of a file that only its owner can read and that holds a secret made the first time. */
export function secretFile(instance: Instance, name: string, encoding: BufferEncoding = 'base64url'): string {
  const folder = join(instance.dataDir, 'secrets');
  const file = join(folder, name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString(encoding), { mode: 0o600 });
  return file;
}

export function readSecret(instance: Instance, name: string): string {
  return readFileSync(secretFile(instance, name), 'utf8');
}
