import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from '../process/run-program.js';
import { databaseAnswers } from './answers.js';
import { databaseUrl, FAST_MARIADB, FAST_MYSQL, initSql, processOptions } from './database-options.js';
import { passwordOf } from './password.js';
import type { ServerPlace, ServerPlan } from './server-plan.js';

/** A database server that can be started as a process. */
export interface DatabaseProgram {
  kind: 'mysql' | 'mariadb';
  origin: string;
  command: string;
  /** Arguments that come before the server's own, e.g. those of a loader. */
  args: readonly string[];
  /** The folder that holds `share/mysql`, as `/usr` does. */
  baseDir: string;
}

/** A private database server: its own data folder, loopback only. */
export function databasePlan(program: DatabaseProgram, place: ServerPlace): ServerPlan {
  const password = passwordOf(place.folder);
  const url = databaseUrl(place.port, password);
  const args = [...program.args, '--no-defaults', ...serverOptions(program, place), ...processOptions(place)];
  return {
    origin: program.origin,
    url,
    launch: { command: program.command, args, graceMs: 60_000 },
    prepare: () => prepare(program, place, password),
    answers: () => databaseAnswers(url),
  };
}

async function prepare(program: DatabaseProgram, place: ServerPlace, password: string): Promise<void> {
  await mkdir(temporaryFolder(place), { recursive: true, mode: 0o700 });
  await writeFile(join(place.folder, 'init.sql'), initSql(password), { mode: 0o600 });
  const complete = join(place.folder, 'initialised');
  if (existsSync(complete)) return;
  await rm(dataFolder(place), { recursive: true, force: true }); // what a first start left half done
  if (program.kind === 'mysql') await initialiseMysql(program, place);
  else await initialiseMariadb(program, place);
  await writeFile(complete, '');
}

function serverOptions(program: DatabaseProgram, place: ServerPlace): string[] {
  const share = shareFolder(program);
  const options = [
    `--datadir=${dataFolder(place)}`,
    `--tmpdir=${temporaryFolder(place)}`,
    `--basedir=${program.baseDir}`,
    `--lc-messages-dir=${share}`,
    `--character-sets-dir=${join(share, 'charsets')}`,
  ];
  const plugins = ['lib/mysql/plugin', 'lib64/mysql/plugin', 'lib/plugin'].map((path) =>
    join(program.baseDir, path),
  );
  const pluginFolder = plugins.find((path) => existsSync(path));
  if (pluginFolder) options.push(`--plugin-dir=${pluginFolder}`);
  if (process.getuid?.() === 0) options.push('--user=root');
  if (program.kind === 'mysql') options.push('--mysqlx=OFF', '--secure-file-priv=');
  if (place.fast) options.push(...(program.kind === 'mysql' ? FAST_MYSQL : FAST_MARIADB));
  return options;
}

async function initialiseMysql(program: DatabaseProgram, place: ServerPlace): Promise<void> {
  const options = serverOptions(program, place);
  await runProgram(program.command, [...program.args, '--no-defaults', ...options, '--initialize-insecure']);
}

/** What mariadb-install-db does, without its need for a shell environment: the system tables from the server's own SQL. */
async function initialiseMariadb(program: DatabaseProgram, place: ServerPlace): Promise<void> {
  await mkdir(dataFolder(place), { recursive: true });
  const options = [
    ...serverOptions(program, place),
    '--bootstrap',
    '--skip-networking',
    '--max-allowed-packet=16M',
  ];
  await runProgram(program.command, [...program.args, '--no-defaults', ...options], {
    input: await mariadbSystemSql(shareFolder(program)),
  });
}

const MARIADB_SYSTEM_FILES = [
  'system_tables',
  'performance_tables',
  'system_tables_data',
  'fill_help_tables',
  'maria_add_gis_sp_bootstrap',
  'sys_schema',
];

async function mariadbSystemSql(share: string): Promise<string> {
  const parts = ['CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket=NULL, @skip_auth_anonymous=1;\n'];
  for (const name of MARIADB_SYSTEM_FILES) {
    // The prefix changed between releases of MariaDB.
    const file = [`mysql_${name}.sql`, `mariadb_${name}.sql`, `${name}.sql`]
      .map((candidate) => join(share, candidate))
      .find((path) => existsSync(path));
    if (file) parts.push(await readFile(file, 'utf8'));
  }
  if (parts.length < 3) throw new Error(`${share} does not hold MariaDB's system tables`);
  return parts.join('');
}

function shareFolder(program: DatabaseProgram): string {
  const candidates = ['share/mysql', 'share/mariadb', 'share'].map((path) => join(program.baseDir, path));
  return (
    candidates.find((path) => existsSync(join(path, 'charsets'))) ?? join(program.baseDir, 'share/mysql')
  );
}

function dataFolder(place: ServerPlace): string {
  return join(place.folder, 'data');
}

/** Of its own: a server that starts removes what looks like its own left-over tables, also those of others. */
function temporaryFolder(place: ServerPlace): string {
  return join(place.folder, 'tmp');
}
