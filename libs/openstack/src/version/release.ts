import { atLeast } from './microversion.js';

/**
 * The highest Nova microversion of each release (`nova/api/openstack/compute/rest_api_version_history.rst`), oldest
 * first. Releases that raised nothing share the entry of the one before.
 */
export const NOVA_RELEASES: readonly { release: string; max: string }[] = [
  { release: 'newton', max: '2.38' },
  { release: 'ocata', max: '2.42' },
  { release: 'pike', max: '2.53' },
  { release: 'queens', max: '2.60' },
  { release: 'rocky', max: '2.65' },
  { release: 'stein', max: '2.72' },
  { release: 'train', max: '2.79' },
  { release: 'ussuri/victoria', max: '2.87' },
  { release: 'wallaby', max: '2.88' },
  { release: 'xena/yoga', max: '2.90' },
  { release: 'zed', max: '2.93' },
  { release: '2023', max: '2.95' },
  { release: '2024', max: '2.96' },
  { release: '2025', max: '2.100' },
  { release: '2026.1', max: '2.103' },
];

/** What a Nova must at least answer: Queens. */
export const OLDEST_NOVA = '2.60';

/**
 * The release whose ceiling this is; between two ceilings (a development version) the older of the two, with `+`.
 * `unknown` when it is older than every release of the table.
 */
export function releaseOf(maxMicroversion: string): string {
  const reached = NOVA_RELEASES.findLast((entry) => atLeast(maxMicroversion, entry.max));
  if (!reached) return 'unknown';
  return reached.max === maxMicroversion ? reached.release : `${reached.release}+`;
}

/** Whether a Nova with this ceiling is older than the oldest release that is supported. */
export function isTooOld(maxMicroversion: string): boolean {
  return !atLeast(maxMicroversion, OLDEST_NOVA);
}
