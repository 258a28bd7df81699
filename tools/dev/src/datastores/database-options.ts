import { tmpdir } from 'node:os';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { ServerPlace } from './server-plan.js';

export const DATABASE_USER = 'ultron';
export const DATABASE_NAME = 'ultron';

/** What MySQL and MariaDB are told alike, as we start them ourselves or in a container. */
export const COMMON_OPTIONS: readonly string[] = [
  '--character-set-server=utf8mb4',
  '--collation-server=utf8mb4_unicode_ci',
  '--default-time-zone=+00:00',
  '--transaction-isolation=READ-COMMITTED',
  '--max-connections=500',
  '--max-allowed-packet=64M',
  '--skip-name-resolve',
];

const FAST_OPTIONS: readonly string[] = [
  '--innodb-flush-log-at-trx-commit=0',
  '--innodb-doublewrite=OFF',
  '--innodb-flush-method=nosync',
  '--skip-log-bin',
  '--performance-schema=OFF',
];
export const FAST_MYSQL: readonly string[] = [...FAST_OPTIONS, '--innodb-redo-log-capacity=16M'];
export const FAST_MARIADB: readonly string[] = [...FAST_OPTIONS, '--innodb-log-file-size=16M'];

/** Options of a server that runs as a process of ours, on loopback and a private socket only. */
export function processOptions(place: ServerPlace): string[] {
  return [
    `--port=${place.port}`,
    '--bind-address=127.0.0.1',
    `--socket=${socketPath(place.folder)}`,
    `--pid-file=${join(place.folder, 'server.pid')}`,
    `--init-file=${join(place.folder, 'init.sql')}`,
    ...COMMON_OPTIONS,
  ];
}

/** The kernel takes at most 107 bytes of socket path (unix(7)); a deep data folder gets its socket in /tmp. */
export function socketPath(folder: string): string {
  const inside = join(folder, 'sock');
  if (Buffer.byteLength(inside) <= 100) return inside;
  return join(tmpdir(), `ultron-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}.sock`);
}

/** Run by the server at every start, with full rights: one statement a line. */
export function initSql(password: string): string {
  return [
    `CREATE DATABASE IF NOT EXISTS ${DATABASE_NAME} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;`,
    `CREATE USER IF NOT EXISTS '${DATABASE_USER}'@'%' IDENTIFIED BY '${password}';`,
    `ALTER USER '${DATABASE_USER}'@'%' IDENTIFIED BY '${password}';`,
    `GRANT ALL ON *.* TO '${DATABASE_USER}'@'%' WITH GRANT OPTION;`,
    `ALTER USER 'root'@'localhost' IDENTIFIED BY '${password}';`,
    "DROP USER IF EXISTS 'root'@'127.0.0.1';",
    "DROP USER IF EXISTS 'root'@'::1';",
    '',
  ].join('\n');
}

export function databaseUrl(port: number, password: string): string {
  return `mysql://${DATABASE_USER}:${password}@127.0.0.1:${port}/${DATABASE_NAME}`;
}
