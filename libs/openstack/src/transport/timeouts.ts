/** All in milliseconds. */
export interface Timeouts {
  /** Until a connection stands. */
  connectMs: number;
  /** From sending until the head of the answer; above the 60 s that Nova waits for a cell that is down. */
  headersMs: number;
  /** Between two pieces of the body. */
  bodyIdleMs: number;
  /** The whole call, with its queueing and retries. */
  deadlineMs: number;
  /** Bytes of an answer's body above which it is dropped. */
  maxBodyBytes: number;
}

export const DEFAULT_TIMEOUTS: Timeouts = {
  connectMs: 5_000,
  headersMs: 65_000,
  bodyIdleMs: 30_000,
  deadlineMs: 150_000,
  maxBodyBytes: 256 * 1024 * 1024,
};
