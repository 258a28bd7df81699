import {
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
  createServer,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** One listening port; may be closed and opened again, to make what is behind it unreachable. */
export class Listener {
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  constructor(
    private readonly host: string,
    private wanted: number,
    private readonly onRequest: RequestListener,
  ) {}

  get port(): number {
    return this.wanted;
  }

  async open(): Promise<void> {
    if (this.#server) return;
    const server = createServer(
      { keepAliveTimeout: 75_000, noDelay: true },
      (request: IncomingMessage, response: ServerResponse) => this.onRequest(request, response),
    );
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.wanted, this.host, resolve);
    });
    this.wanted = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Refuses new connections and resets the present ones. */
  async close(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
