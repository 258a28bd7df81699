import { OpenStackError } from '@ultron/openstack/error/openstack-error';
import type { CallOptions } from '@ultron/openstack/call';
import type { PortCreateWire, PortWire } from '@ultron/openstack/network/ports.wire';

/** The part of Neutron's client that is needed here. */
export interface PortCreator {
  create(port: PortCreateWire, call?: CallOptions): Promise<PortWire>;
  createBulk(ports: readonly PortCreateWire[], call?: CallOptions): Promise<PortWire[]>;
}

export interface PortBatchOptions {
  /** The Neutron of a cluster. */
  portsOf: (clusterId: string) => Promise<PortCreator>;
  /** Whether the cluster makes several ports with one request; each of them does unless told. */
  inBulk?: (clusterId: string) => Promise<boolean>;
  /** How long the first port of a batch waits for others, in milliseconds. */
  windowMs?: number;
  /** Requests under way at once in a cluster; what is wanted meanwhile makes the next batch larger. */
  maxRequests?: number;
  /** Ports of one request. Neutron makes them one after another within it, and no server can begin before all are made. */
  maxPorts?: number;
}

interface Entry {
  port: PortCreateWire;
  call: CallOptions;
  resolve: (port: PortWire) => void;
  reject: (error: unknown) => void;
}

/** The ports that wait in one cluster. */
interface Line {
  entries: Entry[];
  underWay: number;
  timer: NodeJS.Timeout | undefined;
}

/** Makes ports that are wanted at about the same time in one cluster with one request. */
export class PortBatch {
  private readonly lines = new Map<string, Line>();
  private readonly windowMs: number;
  private readonly maxPorts: number;
  private readonly maxRequests: number;

  constructor(private readonly options: PortBatchOptions) {
    this.windowMs = options.windowMs ?? 10;
    this.maxPorts = options.maxPorts ?? 5;
    this.maxRequests = options.maxRequests ?? 4;
  }

  /** The request is sent in the trace of the call that began the batch. */
  create(clusterId: string, port: PortCreateWire, call: CallOptions): Promise<PortWire> {
    return new Promise((resolve, reject) => {
      const line = this.lineOf(clusterId);
      line.entries.push({ port, call, resolve, reject });
      if (line.entries.length >= this.maxPorts) this.flush(clusterId, line);
      else line.timer ??= setTimeout(() => this.flush(clusterId, line), this.windowMs);
    });
  }

  private lineOf(clusterId: string): Line {
    const line = this.lines.get(clusterId) ?? { entries: [], underWay: 0, timer: undefined };
    this.lines.set(clusterId, line);
    return line;
  }

  private flush(clusterId: string, line: Line): void {
    clearTimeout(line.timer);
    line.timer = undefined;
    if (line.entries.length === 0 || line.underWay >= this.maxRequests) return;
    const entries = line.entries.splice(0, this.maxPorts);
    line.underWay++;
    void this.send(clusterId, entries)
      .catch((error: unknown) => entries.forEach((entry) => entry.reject(error)))
      .finally(() => {
        line.underWay--;
        this.flush(clusterId, line);
      });
  }

  private async send(clusterId: string, entries: readonly Entry[]): Promise<void> {
    const ports = await this.options.portsOf(clusterId);
    const [first] = entries;
    const inBulk = (await this.options.inBulk?.(clusterId)) ?? true;
    if (!first || entries.length === 1 || !inBulk) return this.sendEach(ports, entries);
    try {
      // Without the signal of the first call: the others must not end with it.
      const { signal: _, ...call } = first.call;
      const made = await ports.createBulk(
        entries.map((entry) => entry.port),
        call,
      );
      settle(entries, made);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      // Neutron makes all or none and blames no one: asked singly, each gets its own port or its own fault.
      await this.sendEach(ports, entries);
    }
  }

  private async sendEach(ports: PortCreator, entries: readonly Entry[]): Promise<void> {
    await Promise.all(
      entries.map(async (entry) => {
        try {
          entry.resolve(await ports.create(entry.port, entry.call));
        } catch (error) {
          entry.reject(error);
        }
      }),
    );
  }
}

/** By name, which is unique: whether an answer keeps the order of the request is nowhere promised. */
function settle(entries: readonly Entry[], made: readonly PortWire[]): void {
  const byName = new Map(made.map((port) => [port.name, port]));
  for (const { port, resolve, reject } of entries) {
    const found = port.name === undefined ? undefined : byName.get(port.name);
    if (found) resolve(found);
    else reject(new Error(`the answer to a bulk request lacks the port ${port.name}`));
  }
}

/** Nothing was made, because of one of the ports. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof OpenStackError) || error.outcomeUnknown) return false;
  return ['quota', 'conflict', 'invalid', 'capacity', 'gone'].includes(error.kind);
}
