import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { ownerLabels, removeOrphans } from './container-owner.js';

/** Stands in for the command of Docker: tells of three containers, and notes down how it was called. */
async function fakeDocker(folder: string, owner: string): Promise<string> {
  const path = join(folder, 'docker');
  const script = `#!/bin/sh
echo "$*" >> '${folder}/calls'
if [ "$1" = ps ]; then printf 'mine ${owner}\\norphan 4194304:1\\nreused ${process.pid}:1\\n'; fi
`;
  await writeFile(path, script);
  await chmod(path, 0o755);
  return path;
}

it('removes the containers of processes that ended, and no others', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ultron-owner-'));
  const [, label = ''] = await ownerLabels();
  await removeOrphans(await fakeDocker(folder, label.replace('ultron.owner=', '')));
  const calls = (await readFile(join(folder, 'calls'), 'utf8')).trim().split('\n');
  expect(calls[0]).toContain('--filter label=ultron.owner.host=');
  expect(calls.slice(1)).toEqual(['rm --force orphan', 'rm --force reused']);
  await rm(folder, { recursive: true, force: true });
});
