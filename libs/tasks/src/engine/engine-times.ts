/** The engine's times, in milliseconds. */
export interface EngineTimes {
  /** How long a claim holds without being renewed. */
  lease: number;
  /** How often the leases of this process are renewed, all in one statement. */
  renew: number;
  /** How often the sweeper looks for due tasks that nobody heard of. */
  sweep: number;
  /** A task must be due for so long before the sweeper takes it: the doorbell is faster. */
  grace: number;
  /** The first pause after a retryable fault; it doubles with each, up to `maxBackoff`. */
  backoff: number;
  maxBackoff: number;
  /** A step that has met nothing but retryable faults for so long fails for good. */
  stepDeadline: number;
  /** How long `stop` lets running steps end by themselves. */
  handBack: number;
}

export const ENGINE_TIMES: EngineTimes = {
  lease: 10_000,
  renew: 3_000,
  sweep: 1_000,
  grace: 1_000,
  backoff: 500,
  maxBackoff: 30_000,
  stepDeadline: 30 * 60_000,
  handBack: 1_500,
};
