import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { redisAnswers } from './answers.js';
import { passwordOf } from './password.js';
import type { ServerPlace, ServerPlan } from './server-plan.js';

export interface RedisProgram {
  origin: string;
  command: string;
  args: readonly string[];
}

/** A private Redis: loopback only, with a password, never evicting. */
export function redisPlan(program: RedisProgram, place: ServerPlace): ServerPlan {
  const password = passwordOf(place.folder);
  const url = `redis://:${password}@127.0.0.1:${place.port}`;
  const file = join(place.folder, 'redis.conf');
  return {
    origin: program.origin,
    url,
    launch: { command: program.command, args: [...program.args, file], cwd: place.folder, graceMs: 20_000 },
    prepare: async () => {
      await mkdir(place.folder, { recursive: true, mode: 0o700 });
      await writeFile(file, redisConfig(place, password), { mode: 0o600 });
    },
    answers: () => redisAnswers(url),
  };
}

function redisConfig(place: ServerPlace, password: string): string {
  return [
    'bind 127.0.0.1',
    `port ${place.port}`,
    `requirepass ${password}`,
    `dir "${place.folder}"`,
    // A queue must not forget: when memory is full, writers are told so.
    'maxmemory-policy noeviction',
    ...(place.fast ? ['save ""', 'appendonly no'] : ['appendonly yes', 'appendfsync everysec']),
    '',
  ].join('\n');
}
