import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below what Linux gives outgoing connections (32768 to 60999): a port from there may be another process's before
// the server it was found for listens on it.
const LOWEST = 10_000;
const HIGHEST = 32_700;

/** A port of 127.0.0.1 on which nothing listens just now; another process may still take it first. */
export async function freePort(): Promise<number> {
  return freePortBase([0]);
}

/** A number with a free port at each of these offsets (small, ascending) from it. */
export async function freePortBase(offsets: readonly number[]): Promise<number> {
  for (;;) {
    const base = randomInt(LOWEST, HIGHEST - Math.max(...offsets));
    const free = await Promise.all(offsets.map((offset) => isPortFree(base + offset)));
    if (free.every(Boolean)) return base;
  }
}

export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
