import fc from 'fast-check';
import type { CrashPoint } from './crashing-database.js';

const STEPS = 14;

/** What callers do, and how often. */
const OPERATIONS = {
  create_subnet: 1,
  allocate: 6,
  allocate_fixed: 1,
  allocate_coming: 3,
  allocate_preemptible: 2,
  confirm: 2,
  release: 2,
  give_back_unused: 1,
  lapse: 1,
  expire: 2,
  supplement: 4,
  supplement_early: 2,
  storm: 1,
  serve_waiting: 2,
  reclaim: 1,
  add_cluster: 1,
  retire_cluster: 1,
  build: 5,
  build_fails: 1,
  take_down: 2,
  end_quarantines: 2,
  take_out: 2,
  put_back: 2,
  give_up_slot: 1,
  limit_project: 1,
  delete_subnet: 1,
  remove_subnet: 1,
} as const;
type Kind = keyof typeof OPERATIONS;

/** What one caller does. `which` and `amount` choose among what there is when it comes to it. */
export interface Operation {
  kind: Kind;
  which: number;
  amount: number;
  crash: CrashPoint;
}

const crash: fc.Arbitrary<CrashPoint> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<CrashPoint>({ kind: 'never' }) },
  { weight: 1, arbitrary: fc.constant<CrashPoint>({ kind: 'before_commit' }) },
  { weight: 2, arbitrary: fc.constant<CrashPoint>({ kind: 'after_commit' }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('at' as const), statement: fc.nat(9) }) },
);
const operation: fc.Arbitrary<Operation> = fc.record({
  kind: fc.oneof(
    ...Object.entries(OPERATIONS).map(([kind, weight]) => ({
      weight,
      arbitrary: fc.constant(kind as Kind),
    })),
  ),
  which: fc.nat(1000),
  amount: fc.integer({ min: 1, max: 90 }),
  crash,
});
/** Steps of callers that are at work at the same time. */
export const workload = fc.array(fc.array(operation, { minLength: 1, maxLength: 4 }), {
  minLength: STEPS,
  maxLength: STEPS,
});
