import { realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { canUnpackDebianPackages, unpackDebianPackages, unpackedCommand } from '../debian/debian-packages.js';
import type { DatastoreSource } from '../dev.config.js';
import { findProgram } from '../process/find-program.js';
import { runProgram } from '../process/run-program.js';
import { Advice } from '../progress.js';
import { databaseAnswers, ensureDatabase, redisAnswers } from './answers.js';
import { databasePlan, type DatabaseProgram } from './database.plan.js';
import { dockerDatabasePlan, dockerRedisPlan } from './docker.plan.js';
import { redisPlan, type RedisProgram } from './redis.plan.js';
import type { ServerPlace, ServerPlan } from './server-plan.js';

export interface Choice {
  sources: readonly DatastoreSource[];
  /** Tried first, if `url` is among the sources. */
  url: string | undefined;
  cacheDir: string;
}

/** The first source that this machine has, in the order of the sources. */
export async function chooseDatabase(choice: Choice, place: ServerPlace): Promise<ServerPlan> {
  for (const source of choice.sources) {
    const plan = await databaseFrom(source, choice, place);
    if (plan) return plan;
  }
  throw nothingFound(
    'MariaDB or MySQL',
    'ULTRON_DATABASE_URL',
    'mysql://user:password@host:3306/ultron',
    'mariadb-server',
  );
}

export async function chooseRedis(choice: Choice, place: ServerPlace): Promise<ServerPlan> {
  for (const source of choice.sources) {
    const plan = await redisFrom(source, choice, place);
    if (plan) return plan;
  }
  throw nothingFound('Redis', 'ULTRON_REDIS_URL', 'redis://:password@host:6379', 'redis-server');
}

async function databaseFrom(
  source: DatastoreSource,
  choice: Choice,
  place: ServerPlace,
): Promise<ServerPlan | null> {
  switch (source) {
    case 'url':
      return choice.url ? databaseElsewhere(choice.url) : null;
    case 'local': {
      const program = await localDatabase();
      return program === null ? null : databasePlan(program, place);
    }
    case 'docker':
      return dockerDatabasePlan(place);
    case 'debian': {
      const program = await debianDatabase(choice.cacheDir);
      return program === null ? null : databasePlan(program, place);
    }
  }
}

async function redisFrom(
  source: DatastoreSource,
  choice: Choice,
  place: ServerPlace,
): Promise<ServerPlan | null> {
  switch (source) {
    case 'url':
      return choice.url ? redisElsewhere(choice.url) : null;
    case 'local': {
      const command = await findProgram('redis-server', 'valkey-server');
      return command === null ? null : redisPlan({ origin: command, command, args: [] }, place);
    }
    case 'docker':
      return dockerRedisPlan(place);
    case 'debian': {
      const program = await debianRedis(choice.cacheDir);
      return program === null ? null : redisPlan(program, place);
    }
  }
}

function databaseElsewhere(url: string): ServerPlan {
  return {
    origin: 'ULTRON_DATABASE_URL',
    url,
    launch: null,
    prepare: () => ensureDatabase(url),
    answers: () => databaseAnswers(url),
  };
}

function redisElsewhere(url: string): ServerPlan {
  return {
    origin: 'ULTRON_REDIS_URL',
    url,
    launch: null,
    prepare: () => Promise.resolve(),
    answers: () => redisAnswers(url),
  };
}

async function localDatabase(): Promise<DatabaseProgram | null> {
  const command = await findProgram('mariadbd', 'mysqld');
  if (!command) return null;
  const version = await runProgram(command, ['--no-defaults', '--version'], { timeoutMs: 20_000 }).catch(
    () => '',
  );
  return {
    kind: /mariadb/i.test(version) ? 'mariadb' : 'mysql',
    origin: command,
    command,
    args: [],
    baseDir: dirname(dirname(await realpath(command))),
  };
}

async function debianDatabase(cacheDir: string): Promise<DatabaseProgram | null> {
  if (!(await canUnpackDebianPackages())) return null;
  const folder = join(cacheDir, 'mariadb');
  await unpackDebianPackages(['mariadb-server-core'], folder);
  const program = await unpackedCommand(folder, '/usr/sbin/mariadbd');
  return {
    kind: 'mariadb',
    origin: `packages unpacked in ${folder}`,
    ...program,
    baseDir: join(folder, 'usr'),
  };
}

async function debianRedis(cacheDir: string): Promise<RedisProgram | null> {
  if (!(await canUnpackDebianPackages())) return null;
  const folder = join(cacheDir, 'redis');
  await unpackDebianPackages(['redis-server', 'redis-tools'], folder);
  // Debian's redis-server is a link to redis-check-rdb's sibling in redis-tools: both packages are needed.
  return {
    origin: `packages unpacked in ${folder}`,
    ...(await unpackedCommand(folder, '/usr/bin/redis-server')),
  };
}

function nothingFound(what: string, variable: string, example: string, packageName: string): Advice {
  return new Advice(
    [
      `${what} was not found. One of these helps:`,
      `  - set ${variable}, for example ${variable}=${example}`,
      `  - install it with your package manager, for example "${packageName}"; no service needs to run`,
      '  - start a Docker engine',
    ].join('\n'),
  );
}
