/** What a release of OpenStack has; figures from the release notes of the projects, as named at each field. */
export interface ReleaseProfile {
  name: string;
  /** Highest compute microversion, 2.x (`nova/api/openstack/compute/rest_api_version_history.rst`). */
  novaMax: number;
  /** Highest placement microversion, 1.x (`placement/microversion.py`). */
  placementMax: number;
  /** Highest minor of the Image API v2 (`glance/api/versions.py`, without multi-store back ends). */
  glanceMinor: number;
  /** Minor of the Identity API v3 (`keystone/version.py`). */
  keystoneMinor: number;
  /** Position in time; extensions and behaviours say since which release they exist. */
  order: number;
}

const ROWS: [
  name: string,
  novaMax: number,
  placementMax: number,
  glanceMinor: number,
  keystoneMinor: number,
][] = [
  ['queens', 60, 17, 6, 10],
  ['rocky', 65, 30, 7, 11],
  ['stein', 72, 31, 7, 12],
  ['train', 79, 36, 9, 13],
  ['ussuri', 87, 36, 9, 14],
  ['victoria', 87, 36, 9, 14],
  ['wallaby', 88, 36, 9, 14],
  ['xena', 90, 38, 9, 14],
  ['yoga', 90, 39, 15, 14],
  ['zed', 93, 39, 15, 14],
  ['2023.1', 95, 39, 15, 14],
  ['2023.2', 95, 39, 15, 14],
  ['2024.1', 96, 39, 15, 14],
  ['2024.2', 96, 39, 15, 14],
  ['2025.1', 100, 39, 15, 14],
  ['2025.2', 100, 39, 15, 14],
  ['2026.1', 103, 39, 15, 14],
];

/** The names that the releases of the year-numbered series also bear. */
const ALIASES: Record<string, string> = {
  antelope: '2023.1',
  bobcat: '2023.2',
  caracal: '2024.1',
  dalmatian: '2024.2',
  epoxy: '2025.1',
  flamingo: '2025.2',
  gazpacho: '2026.1',
};

const PROFILES = new Map<string, ReleaseProfile>(
  ROWS.map(([name, novaMax, placementMax, glanceMinor, keystoneMinor], order) => [
    name,
    { name, novaMax, placementMax, glanceMinor, keystoneMinor, order },
  ]),
);

export const releaseNames: readonly string[] = [...PROFILES.keys()];

/** The profile of a release by name, in any case, with or without its series name (`2025.1`, `Epoxy`, `zed`). */
export function releaseProfile(name: string): ReleaseProfile {
  const words = name.toLowerCase().trim().split(/\s+/);
  const found = words
    .map((word) => PROFILES.get(ALIASES[word] ?? word))
    .find((profile) => profile !== undefined);
  if (!found) throw new Error(`Unknown release "${name}"; known are ${releaseNames.join(', ')}.`);
  return found;
}

export function isAtLeast(profile: ReleaseProfile, release: string): boolean {
  return profile.order >= releaseProfile(release).order;
}
