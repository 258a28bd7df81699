import fc from 'fast-check';
import type { CrashPoint } from './crashing-database.js';

const STEPS = 14;

const OPERATIONS = [
  'create_subnet',
  'allocate',
  'allocate',
  'allocate_fixed',
  'confirm',
  'release',
  'give_back_unused',
  'lapse',
  'expire',
  'supplement',
  'supplement',
  'supplement_early',
  'storm',
  'reclaim',
  'add_cluster',
  'retire_cluster',
  'build',
  'build',
  'build_fails',
  'take_down',
  'end_quarantines',
  'allocate_coming',
  'allocate_preemptible',
  'take_out',
  'put_back',
  'serve_waiting',
  'give_up_slot',
  'limit_project',
  'delete_subnet',
  'remove_subnet',
] as const;

/** What one caller does. `which` and `amount` choose among what there is when it comes to it. */
export interface Operation {
  kind: (typeof OPERATIONS)[number];
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
  kind: fc.constantFrom(...OPERATIONS),
  which: fc.nat(1000),
  amount: fc.integer({ min: 1, max: 90 }),
  crash,
});
/** Steps of callers that are at work at the same time. */
export const workload = fc.array(fc.array(operation, { minLength: 1, maxLength: 4 }), {
  minLength: STEPS,
  maxLength: STEPS,
});
