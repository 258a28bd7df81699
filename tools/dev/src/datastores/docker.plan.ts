import { createHash } from 'node:crypto';
import { findProgram } from '../process/find-program.js';
import { runProgram } from '../process/run-program.js';
import { say } from '../progress.js';
import { databaseAnswers, redisAnswers } from './answers.js';
import { ownerLabels, removeOrphans } from './container-owner.js';
import {
  COMMON_OPTIONS,
  DATABASE_NAME,
  DATABASE_USER,
  databaseUrl,
  FAST_MARIADB,
  FAST_MYSQL,
} from './database-options.js';
import { passwordOf } from './password.js';
import type { ServerPlace, ServerPlan } from './server-plan.js';

const DATABASE_IMAGES = ['mysql:9.7', 'mariadb:11.8'];
const REDIS_IMAGES = ['redis:7'];

/** A database in a container, or null where no Docker engine answers or no image can be had. */
export async function dockerDatabasePlan(place: ServerPlace): Promise<ServerPlan | null> {
  const image = await findImage(DATABASE_IMAGES);
  if (!image) return null;
  const password = passwordOf(place.folder);
  const url = databaseUrl(place.port, password);
  const brand = image.startsWith('mariadb') ? 'MARIADB' : 'MYSQL';
  const fast = brand === 'MARIADB' ? FAST_MARIADB : FAST_MYSQL;
  return container(place, image, 3306, '/var/lib/mysql', {
    url,
    env: {
      [`${brand}_ROOT_PASSWORD`]: password,
      [`${brand}_DATABASE`]: DATABASE_NAME,
      [`${brand}_USER`]: DATABASE_USER,
      [`${brand}_PASSWORD`]: password,
    },
    args: [...COMMON_OPTIONS, ...(place.fast ? fast : [])],
    answers: () =>
      databaseAnswersWithRights(url, databaseUrl(place.port, password).replace(DATABASE_USER, 'root')),
  });
}

/** Redis in a container, or null where no Docker engine answers or no image can be had. */
export async function dockerRedisPlan(place: ServerPlace): Promise<ServerPlan | null> {
  const image = await findImage(REDIS_IMAGES);
  if (!image) return null;
  const password = passwordOf(place.folder);
  const url = `redis://:${password}@127.0.0.1:${place.port}`;
  const durability = place.fast ? "--save '' --appendonly no" : '--appendonly yes';
  return container(place, image, 6379, '/data', {
    url,
    env: { ULTRON_REDIS_PASSWORD: password },
    // Through a shell, so that the password stays out of the command line that everybody can read.
    args: [
      ...['sh', '-c'],
      `exec redis-server --requirepass "$ULTRON_REDIS_PASSWORD" --maxmemory-policy noeviction ${durability}`,
    ],
    answers: () => redisAnswers(url),
  });
}

interface Inside {
  url: string;
  env: Record<string, string>;
  args: readonly string[];
  answers(): Promise<boolean>;
}

async function container(
  place: ServerPlace,
  image: string,
  port: number,
  dataPath: string,
  inside: Inside,
): Promise<ServerPlan> {
  const docker = await dockerProgram();
  const name = `ultron-${image.split(':')[0]}-${createHash('sha256').update(place.folder).digest('hex').slice(0, 12)}`;
  // The values stay in the environment of the client: on the command line everybody could read them.
  const variables = Object.keys(inside.env).flatMap((key) => ['--env', key]);
  const data = place.fast ? ['--tmpfs', dataPath] : ['--volume', `${name}:${dataPath}`];
  return {
    origin: `Docker, ${image}`,
    url: inside.url,
    launch: {
      command: docker,
      args: [
        ...['run', '--rm', '--name', name, '--publish', `127.0.0.1:${place.port}:${port}`],
        ...(await ownerLabels()),
        ...variables,
        ...data,
        image,
        ...inside.args,
      ],
      env: inside.env,
      graceMs: 60_000,
    },
    // A container outlives its client if that was killed.
    prepare: async () => {
      await runProgram(docker, ['rm', '--force', name]).catch(() => undefined);
      await removeOrphans(docker);
    },
    answers: inside.answers,
  };
}

/** The image's user may use its own database only; tests and migrations of ours make others. */
async function databaseAnswersWithRights(url: string, rootUrl: string): Promise<boolean> {
  if (!(await databaseAnswers(url))) return false;
  const { createConnection } = await import('mysql2/promise');
  const root = await createConnection(rootUrl).catch(() => null);
  if (!root) return false;
  await root.query(`GRANT ALL ON *.* TO '${DATABASE_USER}'@'%' WITH GRANT OPTION`);
  await root.end();
  return true;
}

async function findImage(names: readonly string[]): Promise<string | null> {
  const docker = await findProgram('docker');
  if (!docker || !(await succeeds(docker, ['version', '--format', '{{.Server.Version}}'], 10_000)))
    return null;
  for (const name of names) if (await succeeds(docker, ['image', 'inspect', name], 10_000)) return name;
  for (const name of names) {
    say(`asking Docker for the image ${name}`);
    if (await succeeds(docker, ['pull', '--quiet', name], 600_000)) return name;
  }
  return null;
}

async function dockerProgram(): Promise<string> {
  const docker = await findProgram('docker');
  if (!docker) throw new Error('docker is not installed');
  return docker;
}

function succeeds(command: string, args: readonly string[], timeoutMs: number): Promise<boolean> {
  return runProgram(command, args, { timeoutMs }).then(
    () => true,
    () => false,
  );
}
