import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

/** Stands between the application and a server it needs, and can shut. */
export class TcpGate {
  private readonly sockets = new Set<Socket>();
  private open = true;

  private constructor(
    private readonly server: ReturnType<typeof createServer>,
    /** The URL that leads through the gate. */
    readonly url: string,
  ) {}

  static async before(target: string): Promise<TcpGate> {
    const to = new URL(target);
    const server = createServer((incoming) => gate.pass(incoming, Number(to.port), to.hostname));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = new URL(target);
    url.port = String((server.address() as AddressInfo).port);
    const gate = new TcpGate(server, url.href);
    return gate;
  }

  /** Cuts what is connected and refuses what comes. */
  shut(): void {
    this.open = false;
    for (const socket of this.sockets) socket.destroy();
  }

  unshut(): void {
    this.open = true;
  }

  async remove(): Promise<void> {
    this.shut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private pass(incoming: Socket, port: number, host: string): void {
    if (!this.open) {
      incoming.destroy();
      return;
    }
    const outgoing = connect(port, host);
    for (const [socket, other] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      this.sockets.add(socket);
      socket.pipe(other);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
  }
}
