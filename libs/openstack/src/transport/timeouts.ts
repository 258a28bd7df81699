/** How long a call may take; the time to connect belongs to `ConnectionOptions`. */
export interface Timeouts {
  /** Milliseconds from sending until the head of the answer; above the 60 s that Nova waits for a cell that is down. */
  headersMs: number;
  /** Milliseconds between two pieces of the body. */
  bodyIdleMs: number;
  /** Milliseconds for the whole call, with its queueing and retries. */
  deadlineMs: number;
  /** Bytes of an answer's body above which it is dropped. */
  maxBodyBytes: number;
}

export const DEFAULT_TIMEOUTS: Timeouts = {
  headersMs: 65_000,
  bodyIdleMs: 30_000,
  deadlineMs: 180_000,
  maxBodyBytes: 256 * 1024 * 1024,
};
