import { connect, type Channel, type ChannelModel } from 'amqplib';
import { namedBy, openEnvelope, type NamedObject } from './notification.rules.js';

export interface ListenerOptions {
  /** `amqp://user:password@host:port/vhost`. */
  url: string;
  exchanges: readonly string[];
  topics: readonly string[];
  /** Names the queue, for those who look at the broker. */
  name: string;
  /** What is to be looked at, a few at a time; it must not throw. */
  heard: (named: readonly NamedObject[], messages: number) => void;
  /** How it goes. */
  state: (state: ListenerState) => void;
  times?: Partial<ListenerTimes>;
}

export type ListenerState =
  | { kind: 'connected'; exchanges: number }
  /** Some exchange does not exist yet: nobody has told anything there. */
  | { kind: 'waiting'; missing: string[] }
  | { kind: 'lost'; reason: string };

/** In milliseconds. */
export interface ListenerTimes {
  firstPause: number;
  lastPause: number;
  /** How long what was heard is collected. */
  collect: number;
  /** How often it is looked for exchanges that did not exist. */
  lookAgain: number;
}

const TIMES: ListenerTimes = { firstPause: 1_000, lastPause: 60_000, collect: 200, lookAgain: 30_000 };

/** What waits in the broker while we are slow: older ones are dropped, for a lane finds out all the same. */
const QUEUE = { maxLength: 10_000, messageTtl: 60_000, arguments: { 'x-overflow': 'drop-head' } };
const HEARTBEAT_S = 20;

/**
 * Listens to what the services of a cluster tell. It has a queue of its own, which the broker drops with the
 * connection, so that nobody's notifications are taken away and nothing piles up. It never gives up: what is lost
 * meanwhile only comes later.
 */
export class NotificationListener {
  private readonly times: ListenerTimes;
  private readonly stopping = new AbortController();
  private readonly collected = new Map<string, NamedObject>();
  private connection: ChannelModel | undefined;
  private messages = 0;
  private collecting: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly options: ListenerOptions) {
    this.times = { ...TIMES, ...options.times };
  }

  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.collecting);
    await this.connection?.close().catch(() => undefined);
    await this.running;
  }

  private async run(): Promise<void> {
    for (let pause = this.times.firstPause; !this.stopping.signal.aborted;) {
      const began = Date.now();
      const reason = await this.listen().catch((error: unknown) => shortOf(error));
      if (this.stopping.signal.aborted) return;
      this.options.state({ kind: 'lost', reason });
      // What held for a while begins again at once.
      if (Date.now() - began > this.times.lastPause) pause = this.times.firstPause;
      await this.sleep(pause * (0.8 + 0.4 * Math.random()));
      pause = Math.min(this.times.lastPause, pause * 2);
    }
  }

  /** Returns why the connection ended. */
  private async listen(): Promise<string> {
    const connection = await connect(withHeartbeat(this.options.url), {
      timeout: 10_000,
      clientProperties: { connection_name: `ultron ${this.options.name}` },
    });
    this.connection = connection;
    const ended = new Promise<string>((resolve) => {
      connection.on('error', (error: Error) => resolve(shortOf(error)));
      connection.on('close', (error?: Error) => resolve(error ? shortOf(error) : 'the broker closed it'));
    });
    try {
      if (this.stopping.signal.aborted) return 'stopped';
      const channel = await connection.createChannel();
      channel.on('error', () => undefined);
      // A broker that drops the queue cancels the consumer: then all begins anew.
      const cancelled = new Promise<string>((resolve) => {
        channel.on('close', () => resolve('the channel was closed'));
        void this.consume(connection, channel, () => resolve('the queue was deleted')).catch(
          (error: unknown) => resolve(shortOf(error)),
        );
      });
      return await Promise.race([ended, cancelled]);
    } finally {
      this.connection = undefined;
      await connection.close().catch(() => undefined);
    }
  }

  private async consume(connection: ChannelModel, channel: Channel, cancelled: () => void): Promise<void> {
    const { queue } = await channel.assertQueue('', { exclusive: true, autoDelete: true, ...QUEUE });
    const found = await this.bindAll(connection, channel, queue, this.options.exchanges);
    // Nothing is acknowledged: what is lost with us only comes later.
    await channel.consume(queue, (message) => (message ? this.take(message.content) : cancelled()), {
      noAck: true,
    });
    await this.bindLater(connection, channel, queue, found);
  }

  private async bindLater(
    connection: ChannelModel,
    channel: Channel,
    queue: string,
    found: readonly string[],
  ): Promise<void> {
    const { exchanges } = this.options;
    let missing = exchanges.filter((name) => !found.includes(name));
    const tell = () =>
      this.options.state(
        missing.length ? { kind: 'waiting', missing } : { kind: 'connected', exchanges: exchanges.length },
      );
    tell();
    while (missing.length && this.connection === connection && !this.stopping.signal.aborted) {
      await this.sleep(this.times.lookAgain);
      if (this.connection !== connection) return;
      const more = await this.bindAll(connection, channel, queue, missing);
      missing = missing.filter((name) => !more.includes(name));
      if (more.length) tell();
    }
  }

  /** Exchanges are the services' own: they are looked for, never made, or they would be made otherwise than they want. */
  private async bindAll(
    connection: ChannelModel,
    channel: Channel,
    queue: string,
    exchanges: readonly string[],
  ): Promise<string[]> {
    const found: string[] = [];
    for (const exchange of exchanges) {
      if (!(await exists(connection, exchange))) continue;
      for (const topic of this.options.topics) await channel.bindQueue(queue, exchange, topic);
      found.push(exchange);
    }
    return found;
  }

  private take(content: Buffer): void {
    this.messages++;
    const notification = openEnvelope(content.toString('utf8'));
    for (const named of notification ? namedBy(notification) : [])
      this.collected.set(`${named.kind} ${named.objectId}`, named);
    this.collecting ??= setTimeout(() => this.hand(), this.times.collect);
  }

  private hand(): void {
    this.collecting = undefined;
    const named = [...this.collected.values()];
    const { messages } = this;
    this.collected.clear();
    this.messages = 0;
    this.options.heard(named, messages);
  }

  private sleep(ms: number): Promise<void> {
    const { signal } = this.stopping;
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal.addEventListener('abort', end, { once: true });
    });
  }
}

/** Asking for what is not there closes the channel: it gets one of its own. */
async function exists(connection: ChannelModel, exchange: string): Promise<boolean> {
  const channel = await connection.createChannel();
  channel.on('error', () => undefined);
  try {
    await channel.checkExchange(exchange);
    await channel.close();
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

const isNotFound = (error: unknown): boolean =>
  error instanceof Error &&
  (('code' in error && error.code === 404) || /404|NOT[_-]FOUND/.test(error.message));

function withHeartbeat(url: string): string {
  const parsed = new URL(url);
  if (!parsed.searchParams.has('heartbeat')) parsed.searchParams.set('heartbeat', String(HEARTBEAT_S));
  return parsed.href;
}

const shortOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, 200);
