import { randomFillSync } from 'node:crypto';

const pool = Buffer.allocUnsafe(10 * 256);
let used = pool.length;

let lastTime = 0;
let sequence = 0;

/**
 * A new UUID version 7 (RFC 9562, section 5.7). The ids of one process sort in the order in which they were made, also
 * within a millisecond and when the clock is set back: the 12 bits after the time count (section 6.2, method 1).
 */
export function newId(): string {
  const random = randomHex();
  tick(random);
  const time = lastTime.toString(16).padStart(12, '0');
  const count = sequence.toString(16).padStart(3, '0');
  const variant = ((parseInt(random.slice(3, 4), 16) & 0x3) | 0x8).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${count}-${variant}${random.slice(4, 7)}-${random.slice(7, 19)}`;
}

/** The least id of version 7 that can have been made at or after the time: ids before it are older. */
export function firstIdAt(time: Date): string {
  const hex = time.getTime().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}

/** 20 random hexadecimal digits; asking the system for many at once is what makes an id cheap. */
function randomHex(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += 10;
  return pool.toString('hex', used - 10, used);
}

function tick(random: string): void {
  const now = Date.now();
  if (now <= lastTime && sequence < 0xfff) {
    sequence += 1;
    return;
  }
  lastTime = Math.max(now, lastTime + 1);
  // Begins in the lower half, so that there is room to count.
  sequence = parseInt(random.slice(0, 3), 16) & 0x7ff;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether the text is a lower-case UUID of any version. */
export function isId(text: string): boolean {
  return UUID.test(text);
}
