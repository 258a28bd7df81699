import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { withLockFile } from '../process/lock-file.js';
import { findProgram } from '../process/find-program.js';
import { runProgram } from '../process/run-program.js';
import { Advice, say } from '../progress.js';

/** Package lists older than this are fetched again before packages are chosen. */
const LISTS_AGE_MS = 12 * 3600 * 1000;

/** Whether packages of this machine's distribution can be unpacked here (Debian, Ubuntu and their kin). */
export async function canUnpackDebianPackages(): Promise<boolean> {
  return (
    process.platform === 'linux' && !!(await findProgram('apt-get')) && !!(await findProgram('dpkg-deb'))
  );
}

/**
 * Unpacks the packages, with every library they need down to the C library, into `folder`. Nothing is installed, no
 * service starts and no root is needed: apt reads the machine's own sources, checks the signatures, and keeps its state
 * beside the folder. Does nothing if the folder was completed before. Safe to call from several processes at once.
 */
export async function unpackDebianPackages(names: readonly string[], folder: string): Promise<void> {
  if (existsSync(join(folder, '.complete'))) return;
  if (!(await canUnpackDebianPackages())) {
    throw new Advice(
      `Unpacking ${names.join(', ')} needs apt-get and dpkg-deb, as Debian and Ubuntu have them.`,
    );
  }
  // One at a time: they share the package lists.
  await withLockFile(join(dirname(folder), 'unpacking'), async () => {
    if (existsSync(join(folder, '.complete'))) return;
    say(`fetching ${names.join(' ')} and what they need from this machine's distribution`);
    const work = await mkdtemp(`${folder}.unpacking-`);
    try {
      await download(names, work);
      await unpack(work, folder);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  });
}

async function unpack(work: string, folder: string): Promise<void> {
  const tree = join(work, 'tree');
  await mkdir(tree);
  for (const file of await debFiles(join(work, 'archives'))) await runProgram('dpkg-deb', ['-x', file, tree]);
  await rm(folder, { recursive: true, force: true }); // what was given up half done
  await rename(tree, folder);
  await writeFile(join(folder, '.complete'), '');
}

export interface UnpackedCommand {
  command: string;
  args: string[];
}

/**
 * How to run a program of an unpacked tree: through the tree's own loader with its own libraries, so that it does not
 * matter what the machine has. `program` is its path inside the tree, e.g. `/usr/sbin/mariadbd`.
 */
export async function unpackedCommand(folder: string, program: string): Promise<UnpackedCommand> {
  const libraries = await libraryFolders(folder);
  const loader = await findLoader(folder, libraries);
  return { command: loader, args: ['--library-path', libraries.join(':'), join(folder, program)] };
}

async function download(names: readonly string[], work: string): Promise<void> {
  // The lists are shared by all unpacked trees; the empty status file makes apt choose the whole closure.
  const lists = join(dirname(work), 'apt-lists');
  await mkdir(join(lists, 'partial'), { recursive: true });
  await mkdir(join(work, 'archives', 'partial'), { recursive: true });
  await writeFile(join(work, 'status'), '');
  const options = [
    `Dir::State::Lists=${lists}`,
    `Dir::State::status=${join(work, 'status')}`,
    `Dir::State::extended_states=${join(work, 'extended_states')}`,
    `Dir::Cache=${work}`,
    `Dir::Cache::archives=${join(work, 'archives')}`,
    `Dir::Log=${work}`,
    'Debug::NoLocking=1',
    'APT::Sandbox::User=root',
    'Acquire::Retries=3',
  ].flatMap((option) => ['-o', option]);
  const env = { ...process.env, LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive' };
  const stamp = join(lists, 'fetched');
  if (await isOld(stamp)) {
    await runProgram('apt-get', [...options, '-qq', 'update'], { env });
    await writeFile(stamp, '');
  }
  await runProgram(
    'apt-get',
    [...options, '-qq', '-y', '--no-install-recommends', '--download-only', 'install', ...names],
    { env },
  );
}

async function isOld(stamp: string): Promise<boolean> {
  const written = await stat(stamp).catch(() => null);
  return !written || Date.now() - written.mtimeMs > LISTS_AGE_MS;
}

async function debFiles(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith('.deb')).map((name) => join(folder, name));
}

async function libraryFolders(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const base of ['usr/lib', 'lib']) {
    const entries = await readdir(join(folder, base)).catch(() => []);
    for (const name of entries) if (name.endsWith('-linux-gnu')) found.push(join(folder, base, name));
  }
  return [...found, join(folder, 'usr/lib/mysql/private')];
}

async function findLoader(folder: string, libraries: readonly string[]): Promise<string> {
  for (const place of [join(folder, 'lib64'), join(folder, 'usr/lib64'), join(folder, 'lib'), ...libraries]) {
    const entries = await readdir(place).catch(() => []);
    const loader = entries.find((name) => /^ld-linux.*\.so\.\d$/.test(name));
    if (loader) return join(place, loader);
  }
  throw new Error(`no dynamic loader in ${folder}`);
}
