import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

it('says everything that is wrong with its configuration in plain words and ends', () => {
  const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'main.js')], {
    env: { ULTRON_HEALTH_PORT: 'x' },
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  const lines = stderr.trim().split('\n');
  expect(lines[0]).toBe('the configuration is not right:');
  for (const name of ['ULTRON_DATABASE_URL', 'ULTRON_REDIS_URL', 'ULTRON_HEALTH_PORT'])
    expect(lines.filter((line) => line.includes(name))).toHaveLength(1);
  expect(stderr).not.toContain('    at ');
});
