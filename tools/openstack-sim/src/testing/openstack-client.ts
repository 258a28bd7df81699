import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { readDevConfig } from '@ultron/dev/dev.config';
import {
  canUnpackDebianPackages,
  unpackDebianPackages,
  unpackedCommand,
} from '@ultron/dev/debian/debian-packages';
import type { SimulatedCluster } from '../simulator.js';
import { searchPath } from './testing.config.js';

const run = promisify(execFile);

const ADVICE =
  'The tests need the real openstack client: install it (package python3-openstackclient, or `pip install ' +
  'python-openstackclient`) so that `openstack` is on the PATH, or run them on Debian or one of its kin with apt-get ' +
  'and dpkg-deb, where it is unpacked without root.';

interface Program {
  command: string;
  args: string[];
  env: Record<string, string>;
}

/** The `openstack` command and a Python that has openstacksdk, as they are distributed. */
export class OpenstackClient {
  private constructor(
    private readonly cli: Program,
    private readonly python: Program,
  ) {}

  /** Those of the machine, or else the distribution's packages unpacked into the cache. */
  static async find(): Promise<OpenstackClient> {
    if (isOnPath('openstack')) {
      const python = { command: 'python3', args: [], env: {} };
      return new OpenstackClient({ command: 'openstack', args: [], env: {} }, python);
    }
    if (!(await canUnpackDebianPackages())) throw new Error(ADVICE);
    const { cacheDir } = readDevConfig();
    const folder = join(cacheDir, 'debian', 'openstack-client');
    await unpackDebianPackages(['python3-openstackclient'], folder);
    const python = {
      ...(await unpackedCommand(folder, '/usr/bin/python3')),
      env: {
        PYTHONHOME: join(folder, 'usr'),
        PYTHONPATH: join(folder, 'usr/lib/python3/dist-packages'),
        // Where it notes down what commands there are: looking for them takes a fifth of the time of each call.
        XDG_CACHE_HOME: join(cacheDir, 'openstack-client-cache'),
      },
    };
    return new OpenstackClient({ ...python, args: [...python.args, '-m', 'openstackclient.shell'] }, python);
  }

  /** Runs `openstack …`, authenticated by the usual environment; answers what it printed, and fails as it does. */
  async openstack(cluster: SimulatedCluster, args: readonly string[]): Promise<string> {
    const { command, args: before, env } = this.cli;
    const { stdout } = await run(command, [...before, ...args], {
      env: { ...environment(cluster), ...env },
      timeout: 120_000,
    });
    return stdout;
  }

  /** As `openstack`, with `-f json`. */
  async json<Body>(cluster: SimulatedCluster, args: readonly string[]): Promise<Body> {
    return JSON.parse(await this.openstack(cluster, [...args, '-f', 'json'])) as Body;
  }

  /** Runs a Python program in which `import openstack` works; answers what it printed, read as JSON. */
  async script<Body>(cluster: SimulatedCluster, program: string): Promise<Body> {
    const { command, args, env } = this.python;
    const { stdout } = await run(command, [...args, '-c', program], {
      env: { ...environment(cluster), ...env },
      timeout: 240_000,
    });
    return JSON.parse(stdout) as Body;
  }
}

function isOnPath(name: string): boolean {
  return searchPath.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function environment(cluster: SimulatedCluster): Record<string, string> {
  return {
    PATH: searchPath,
    HOME: '/nonexistent',
    LC_ALL: 'C.UTF-8',
    PYTHONWARNINGS: 'ignore',
    OS_AUTH_URL: cluster.authUrl,
    OS_USERNAME: cluster.username,
    OS_PASSWORD: cluster.password,
    OS_PROJECT_NAME: cluster.projectName,
    OS_USER_DOMAIN_NAME: cluster.userDomainName,
    OS_PROJECT_DOMAIN_NAME: cluster.projectDomainName,
    OS_REGION_NAME: cluster.region,
    OS_IDENTITY_API_VERSION: '3',
  };
}
