import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { unpackDebianPackages } from '../debian/debian-packages.js';
import { Child } from '../process/child.js';
import { freePort } from '../process/free-port.js';
import { pause } from '../process/process-record.js';
import { passwordOf } from './password.js';

export interface PrivateRabbitmq {
  /** `amqp://user:password@127.0.0.1:port`. */
  url: string;
  port: number;
  /** Ends the broker, as a crash would with SIGKILL. */
  stop(): Promise<void>;
}

export interface RabbitmqOptions {
  /** What is in it goes with it; a broker that is started on it again finds its users and queues. */
  folder: string;
  cacheDir: string;
  /** A free one unless told. */
  port?: number;
}

const START_LIMIT_MS = 120_000;

/**
 * A RabbitMQ of our own on the loopback address, from the packages of this machine's distribution, which are unpacked
 * and not installed. Its name server (epmd) is its own as well, so that nothing of it outlives it.
 */
export async function startRabbitmq(options: RabbitmqOptions): Promise<PrivateRabbitmq> {
  const tree = join(options.cacheDir, 'rabbitmq');
  await unpackDebianPackages(['rabbitmq-server'], tree);
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  const ports = {
    amqp: options.port ?? (await freePort()),
    distribution: await freePort(),
    epmd: await freePort(),
  };
  const password = passwordOf(options.folder);
  const erlang = await prepare(tree, options.folder, ports.amqp, password);
  const env = environment(tree, options.folder, erlang, ports);
  const epmd = await Child.start(
    {
      command: join(erlang.bin, 'epmd'),
      args: ['-port', String(ports.epmd)],
      cwd: options.folder,
      env,
      graceMs: 1_000,
    },
    join(options.folder, 'epmd.log'),
  );
  const broker = await Child.start(
    {
      command: join(await homeOf(tree), 'sbin/rabbitmq-server'),
      args: [],
      cwd: options.folder,
      env,
      graceMs: 15_000,
    },
    join(options.folder, 'rabbitmq.log'),
  );
  const stop = async (): Promise<void> => {
    await broker.stop();
    await epmd.stop();
  };
  try {
    await waitForPort(ports.amqp, broker);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `amqp://ultron:${password}@127.0.0.1:${ports.amqp}`, port: ports.amqp, stop };
}

interface Erlang {
  root: string;
  bin: string;
  /** A folder with `erl`: the one in the packages knows only where it would have been installed. */
  wrapper: string;
}

async function prepare(tree: string, folder: string, port: number, password: string): Promise<Erlang> {
  const root = join(tree, 'usr/lib/erlang');
  const version = (await readdir(root)).find((name) => name.startsWith('erts-'));
  if (!version) throw new Error(`no Erlang in ${tree}`);
  const erlang = { root, bin: join(root, version, 'bin'), wrapper: join(folder, 'bin') };
  await mkdir(erlang.wrapper, { recursive: true });
  const script = `#!/bin/sh\nexec "${join(erlang.bin, 'erlexec')}" "$@"\n`;
  await writeFile(join(erlang.wrapper, 'erl'), script);
  await chmod(join(erlang.wrapper, 'erl'), 0o755);
  await writeFile(
    join(folder, 'rabbitmq.conf'),
    [
      `listeners.tcp.1 = 127.0.0.1:${port}`,
      'default_user = ultron',
      `default_pass = ${password}`,
      'disk_free_limit.absolute = 50MB',
      '',
    ].join('\n'),
    { mode: 0o600 },
  );
  await writeFile(join(folder, 'plugins'), '[].\n');
  return erlang;
}

function environment(
  tree: string,
  folder: string,
  erlang: Erlang,
  ports: { amqp: number; distribution: number; epmd: number },
): Record<string, string> {
  const libraries = ['usr/lib', 'lib'].flatMap((base) =>
    ['x86_64', 'aarch64'].map((machine) => join(tree, base, `${machine}-linux-gnu`)),
  );
  return {
    PATH: `${erlang.wrapper}:${process.env['PATH'] ?? '/usr/bin:/bin'}`,
    HOME: folder,
    LC_ALL: 'C.UTF-8',
    ROOTDIR: erlang.root,
    BINDIR: erlang.bin,
    EMU: 'beam',
    PROGNAME: 'erl',
    LD_LIBRARY_PATH: libraries.filter((path) => !path.startsWith(join(tree, 'lib/'))).join(':'),
    ERL_EPMD_PORT: String(ports.epmd),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    // It replaces the shell, so that a signal reaches the broker itself.
    RUNNING_UNDER_SYSTEMD: 'true',
    RABBITMQ_NODENAME: `ultron-${ports.amqp}@localhost`,
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
    RABBITMQ_CONF_ENV_FILE: join(folder, 'none'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
    RABBITMQ_MNESIA_BASE: join(folder, 'data'),
    RABBITMQ_LOG_BASE: folder,
    RABBITMQ_LOGS: '-',
    RABBITMQ_PID_FILE: join(folder, 'broker.pid'),
    RABBITMQ_DIST_PORT: String(ports.distribution),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+sbwt none +S 1:1',
  };
}

async function homeOf(tree: string): Promise<string> {
  const folder = join(tree, 'usr/lib/rabbitmq/lib');
  const [name] = await readdir(folder);
  if (!name) throw new Error(`no RabbitMQ in ${tree}`);
  return join(folder, name);
}

async function waitForPort(port: number, broker: Child): Promise<void> {
  const deadline = Date.now() + START_LIMIT_MS;
  while (!(await answers(port))) {
    if (broker.hasEnded) throw new Error('RabbitMQ ended at its start; see rabbitmq.log in its folder');
    if (Date.now() > deadline) throw new Error('RabbitMQ does not answer; see rabbitmq.log in its folder');
    await pause(200);
  }
}

/** A broker that is ready answers a client of another protocol with its own (AMQP 0-9-1, section 4.2.2). */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    const end = (good: boolean) => {
      socket.destroy();
      resolve(good);
    };
    socket.setTimeout(2_000, () => end(false));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
    socket.once('connect', () => socket.write('AMQP\x00\x00\x00\x00'));
    socket.once('data', (data) => end(data.subarray(0, 4).toString() === 'AMQP'));
  });
}
