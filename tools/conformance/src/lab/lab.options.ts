export interface LabOptions {
  /** Whether a lab that cannot be had is a failure, or passed over. */
  needed: boolean;
  /** Install what is missing. */
  build: boolean;
  /** Leave the clusters running. */
  keep: boolean;
  /** Handed on to jest. */
  jest: string[];
}

/** The recorded shapes of a cluster's answers change only with its packages: CI does not ask for them again. */
const CI_SPECS = ['--testPathPatterns', '(client-\\w+|ultron)\\.lab'];

export const USAGE = `npm run test:lab [-- OPTION… [JEST-OPTION…]]
  --build   install the lab's releases first where they are missing (about 3 minutes each)
  --keep    leave the clusters running afterwards
  --auto    as ULTRON_LAB says: \`on\`, \`off\`, or \`auto\` (the default): run where the lab is installed or can be in time`;

/** @throws Error when ULTRON_LAB is none of its values. */
export function readLabOptions(args: readonly string[], mode: string): LabOptions | 'off' {
  const own = new Set(['--build', '--keep', '--auto']);
  const jest = args.filter((arg) => !own.has(arg));
  const keep = args.includes('--keep');
  if (!args.includes('--auto')) return { needed: true, build: args.includes('--build'), keep, jest };
  if (mode === 'off') return 'off';
  if (mode !== 'on' && mode !== 'auto') throw new Error(`ULTRON_LAB is on, off or auto, not "${mode}"`);
  return { needed: mode === 'on', build: true, keep, jest: [...CI_SPECS, ...jest] };
}
