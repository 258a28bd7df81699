import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePortBase } from '@ultron/dev/process/free-port';
import { INSTANCE_PORT_OFFSETS } from '@ultron/dev/start/instance';
import { ExtraConductor } from './extra-conductor.js';
import { instanceEnvironment, repository } from './ultron.config.js';

/** What `npm start -- --json` prints once ready. */
interface Announced {
  url: string;
  token: string;
  data_dir: string;
}

export interface Reply<Body> {
  status: number;
  headers: Headers;
  body: Body;
}

/** A whole Ultron without clusters, started as users start it, with data and ports of its own. */
export class UltronInstance {
  private readonly conductors: ExtraConductor[] = [];

  private constructor(
    private readonly process: ChildProcess,
    private readonly announced: Announced,
    private readonly said: string[],
  ) {}

  static async start(): Promise<UltronInstance> {
    // A short path: the sockets of the database lie in it.
    const dataDir = await mkdtemp(join(tmpdir(), 'ultron-it-'));
    const child = spawn(process.execPath, ['tools/dev/dist/main.js', 'start', '--json', '--no-sim'], {
      cwd: repository,
      env: instanceEnvironment(dataDir, await freePortBase(INSTANCE_PORT_OFFSETS)),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said: string[] = [];
    createInterface({ input: child.stderr }).on('line', (line) => said.push(line));
    const line = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).once('line', resolve);
      child.once('exit', () => reject(new Error(`Ultron did not start:\n${said.join('\n')}`)));
    }).catch(async (error: unknown) => {
      await rm(dataDir, { recursive: true, force: true });
      throw error;
    });
    return new UltronInstance(child, JSON.parse(line) as Announced, said);
  }

  async call<Body>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply<Body>> {
    const response = await fetch(this.announced.url + path, {
      method,
      headers: {
        Authorization: `Bearer ${this.announced.token}`,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(90_000),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text ? JSON.parse(text) : null) as Body,
    };
  }

  /** As `call`; anything but success is an error. */
  async must<Body>(method: string, path: string, body?: unknown): Promise<Body> {
    const reply = await this.call<Body>(method, path, body);
    if (reply.status >= 300)
      throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  }

  /** One conductor more, besides those that `npm start` starts; it ends with the instance. */
  async addConductor(group: string): Promise<ExtraConductor> {
    const secret = (name: string) => join(this.announced.data_dir, 'secrets', name);
    const conductor = await ExtraConductor.start(group, {
      ULTRON_DATABASE_URL: await this.databaseUrl(),
      ULTRON_REDIS_URL: await this.redisUrl(),
      ULTRON_CREDENTIAL_KEY_FILE: secret('credential-key'),
      ULTRON_ADMIN_TOKEN_FILE: secret('admin-token'),
    });
    this.conductors.push(conductor);
    return conductor;
  }

  /** Sends a signal to a process of the instance, by the name under which it is supervised. */
  async signal(name: string, signal: NodeJS.Signals): Promise<void> {
    process.kill(await this.pid(name), signal);
  }

  /** The process that runs under this name at present. */
  async pid(name: string): Promise<number> {
    const text = await readFile(join(this.announced.data_dir, 'processes.json'), 'utf8');
    const { pids } = JSON.parse(text) as { pids: Record<string, number> };
    const pid = pids[name];
    if (!pid) throw new Error(`There is no process ${name}; there are ${Object.keys(pids).join(', ')}`);
    return pid;
  }

  /** The address of the database that the instance has started for itself. */
  async databaseUrl(): Promise<string> {
    const password = await readFile(join(this.announced.data_dir, 'database/password'), 'utf8');
    return `mysql://ultron:${password}@127.0.0.1:${Number(new URL(this.announced.url).port) + 2}/ultron`;
  }

  /** The address of the Redis that the instance has started for itself. */
  async redisUrl(): Promise<string> {
    const password = await readFile(join(this.announced.data_dir, 'redis/password'), 'utf8');
    return `redis://:${password}@127.0.0.1:${Number(new URL(this.announced.url).port) + 3}`;
  }

  /** The log of a process of the instance. */
  log(name: string): Promise<string> {
    return readFile(join(this.announced.data_dir, 'logs', `${name}.log`), 'utf8');
  }

  /** What the supervisor has said so far. */
  get progress(): string {
    return this.said.join('\n');
  }

  async stop(): Promise<void> {
    await Promise.all(this.conductors.map((conductor) => conductor.stop()));
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.kill('SIGINT');
    await ended;
    await rm(this.announced.data_dir, { recursive: true, force: true });
  }
}
