import { spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { repository } from '../dev.config.js';
import { checkBoundaries } from './workspace.js';

/** A workspace with this repository's manifests and lint configuration, and nothing in it but what a test plants. */
let planted: string;

beforeAll(() => {
  planted = mkdtempSync(join(tmpdir(), 'ultron-lint-'));
  const manifests = ['apps', 'libs', 'tools'].flatMap((folder) =>
    globSync(`${folder}/*/{package,tsconfig}.json`, { cwd: repository }),
  );
  for (const file of ['package.json', 'tsconfig.base.json', '.oxlintrc.json', ...manifests]) {
    cpSync(join(repository, file), join(planted, file));
  }
  symlinkSync(join(repository, 'node_modules'), join(planted, 'node_modules'));
});

afterAll(() => rmSync(planted, { recursive: true, force: true }));

function plant(files: Record<string, string>): void {
  for (const folder of globSync('*/*/src', { cwd: planted }))
    rmSync(join(planted, folder), { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(planted, path)), { recursive: true });
    writeFileSync(join(planted, path), text);
  }
}

function messagesFor(path: string, text: string): string[] {
  plant({ [path]: text });
  return checkBoundaries(planted).map(({ message }) => message);
}

/** Put together, so that this file itself imports nothing that it names. */
function importing(specifier: string, what = 'import { a }'): string {
  return [what, 'from', `'${specifier}';`].join(' ');
}

describe('module boundaries', () => {
  it.each([
    [
      'an import that no line of the table allows',
      'libs/compute/src/a.ts',
      importing('@ultron/openstack/cloud'),
    ],
    ['an import in the wrong direction', 'libs/network/src/a.ts', importing('@ultron/compute/x')],
    [
      'the edge calling OpenStack',
      'apps/ultron-api/src/a.ts',
      importing('@ultron/openstack/cloud', 'export { a }'),
    ],
    ['a dynamic import', 'libs/kernel/src/a.ts', `const a = await im${'port'}('@ultron/platform/x');`],
    [
      'an import of a type alone',
      'libs/tasks/src/a.ts',
      importing('@ultron/cluster/a', 'import type {\n  A,\n}'),
    ],
    ['what only tests may use', 'libs/cluster/src/a.ts', importing('@ultron/dev/test-datastores')],
    ['a simulator that uses the plumbing', 'tools/openstack-sim/src/a.ts', importing('@ultron/platform/a')],
    ['npm in the kernel', 'libs/kernel/src/a.ts', importing('rxjs')],
    ['bullmq outside of the tasks', 'libs/platform/src/a.ts', importing('bullmq')],
    ['the ORM in an app', 'apps/ultron-conductor/src/a.ts', importing('typeorm')],
    ['Redis in a domain', 'libs/compute/src/a.ts', importing('ioredis')],
    ['the framework in the client', 'libs/openstack/src/a.ts', importing('@nestjs/common')],
  ])('refuses %s', (_, path, text) => {
    expect(messagesFor(path, text)).toEqual([expect.stringMatching(/may not import/)]);
  });

  it('refuses the framework and the database in pure rules', () => {
    const text = `${importing('@nestjs/common')}\n${importing('typeorm')}`;
    expect(messagesFor('libs/compute/src/server/a.rules.ts', text)).toHaveLength(2);
    expect(messagesFor('libs/compute/src/server/a.state.ts', text)).toHaveLength(2);
    expect(messagesFor('libs/compute/src/server/a.service.ts', text)).toEqual([]);
  });

  it('refuses a relative import that leaves the package', () => {
    expect(messagesFor('libs/compute/src/a.ts', importing('../../network/src/x.js'))).toEqual([
      expect.stringMatching(/leaves libs\/compute/),
    ]);
  });

  it('refuses packages that package.json does not declare', () => {
    expect(messagesFor('libs/tasks/src/a.ts', importing('pino'))).toEqual([
      expect.stringMatching(/pino is not among the dependencies/),
    ]);
  });

  it('refuses the environment outside of configuration files, however it is written', () => {
    for (const text of [
      "const a = process.env['HOME'];",
      "const a = process['env'].HOME;",
      'const { env } = process;',
      importing('node:process', 'import { env }'),
    ]) {
      expect(messagesFor('libs/platform/src/a.ts', text)).toEqual([expect.stringMatching(/process\.env/)]);
      expect(messagesFor('libs/platform/src/a.config.ts', text)).toEqual([]);
    }
  });

  it('refuses barrels and checks that are switched off', () => {
    expect(messagesFor('libs/kernel/src/index.ts', "export { newId } from './id.js';")).toEqual([
      expect.stringMatching(/barrels/),
    ]);
    expect(messagesFor('libs/kernel/src/a.ts', '// oxlint-' + 'disable-next-line\nlet a;')).toEqual([
      expect.stringMatching(/switched off/),
    ]);
  });

  it('refuses a dependency in package.json that the table does not allow', () => {
    const manifest = join('libs/network/package.json');
    plant({
      [manifest]: JSON.stringify({
        name: '@ultron/network',
        dependencies: { '@ultron/openstack': '*' },
        nx: { tags: ['scope:network'] },
      }),
    });
    expect(checkBoundaries(planted).map(({ message }) => message)).toEqual([
      '@ultron/network may not depend on @ultron/openstack',
    ]);
    cpSync(join(repository, manifest), join(planted, manifest));
  });

  it('lets through what is allowed, and what only looks like an import', () => {
    const text = [
      importing('node:crypto', 'import { createHash }'),
      importing('@ultron/kernel/id', 'import { newId }'),
      `// ${importing('bullmq')}`,
      "/* process.env */ const url = 'https://example.org';",
      'export { createHash, newId, url };',
    ].join('\n');
    expect(messagesFor('libs/compute/src/a.ts', text)).toEqual([]);
  });
});

describe('oxlint', () => {
  it.each([
    [
      'no-floating-promises',
      'async function work(): Promise<void> {}\nexport function start(): void {\n  work();\n}\n',
    ],
    [
      'no-misused-promises',
      'async function isReady(): Promise<boolean> {\n  return true;\n}\nexport function a(): number {\n  if (isReady()) return 1;\n  return 0;\n}\n',
    ],
    ['no-explicit-any', 'export function a(b: any): unknown {\n  return b;\n}\n'],
    ['ban-ts-comment', '// @ts-' + 'ignore\nexport const a: number = "b";\n'],
  ])('refuses a planted violation of %s', (rule, text) => {
    plant({ 'libs/kernel/src/a.ts': text });
    expect(oxlint()).toMatch(new RegExp(`${rule}`));
  });

  it('refuses a cycle of imports', () => {
    plant({
      'libs/kernel/src/a.ts': "import { b } from './b.js';\nexport const a = (): number => b();\n",
      'libs/kernel/src/b.ts': "import { c } from './c.js';\nexport const b = (): number => c();\n",
      'libs/kernel/src/c.ts': "import { a } from './a.js';\nexport const c = (): number => a();\n",
    });
    expect(oxlint()).toMatch(/no-cycle/);
  });

  it('has nothing to say about clean code', () => {
    plant({ 'libs/kernel/src/a.ts': 'export const a = (): number => 1;\n' });
    expect(oxlint()).toBe('');
  });
});

/** The errors, or nothing when the run passed. */
function oxlint(): string {
  const program = join(repository, 'node_modules/.bin/oxlint');
  const { status, stdout } = spawnSync(process.execPath, [program, '--type-aware', '-f', 'unix', 'libs'], {
    cwd: planted,
    encoding: 'utf8',
  });
  return status === 0 ? '' : stdout;
}
