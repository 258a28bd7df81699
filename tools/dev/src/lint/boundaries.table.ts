/** What one package may use; `scope` is the `scope:` tag in the package's own package.json. */
export interface Boundary {
  scope: string;
  /** Scopes whose packages it may import. */
  mayImport: readonly string[];
  /** Scopes that only its tests may import besides. */
  testsMayImport?: readonly string[];
  /** npm packages that it must not import; `*` is every one, `@nestjs/*` every one of that name space. */
  never: readonly string[];
}

const DOMAIN_NEVER = ['bullmq', 'ioredis', 'redlock'];
const PLUMBING = ['kernel', 'platform', 'tasks', 'sync'];
const DOMAINS = [
  'identity',
  'cluster',
  'security-group',
  'network',
  'compute',
  'reconcile',
  'report',
  'schema',
];
const EVERYTHING = [...PLUMBING, ...DOMAINS, 'openstack', 'openstack-sim', 'dev', 'testing'];
const WITH_SERVERS = ['dev'];
const WITH_EVERYTHING = ['testing', 'openstack-sim', 'dev', 'schema'];

/** Who may import whom. A line that is missing here is an import that the linter refuses. */
export const BOUNDARIES: readonly Boundary[] = [
  { scope: 'kernel', mayImport: [], never: ['*'] },
  { scope: 'platform', mayImport: ['kernel'], testsMayImport: WITH_SERVERS, never: ['bullmq'] },
  {
    scope: 'openstack',
    mayImport: ['kernel'],
    never: ['@nestjs/*', 'typeorm', 'bullmq', 'ioredis', 'redlock'],
  },
  { scope: 'tasks', mayImport: ['kernel', 'platform'], testsMayImport: WITH_SERVERS, never: [] },
  { scope: 'sync', mayImport: ['kernel', 'platform'], testsMayImport: WITH_SERVERS, never: DOMAIN_NEVER },
  domain('identity', ['kernel', 'platform']),
  domain('cluster', PLUMBING),
  domain('security-group', [...PLUMBING, 'cluster']),
  domain('network', [...PLUMBING, 'cluster', 'security-group']),
  domain('compute', [...PLUMBING, 'cluster', 'security-group', 'network']),
  domain('reconcile', [...PLUMBING, 'cluster', 'security-group', 'network', 'compute']),
  domain('report', [...PLUMBING, 'cluster', 'security-group', 'network', 'compute']),
  domain('schema', [...PLUMBING, ...DOMAINS]),
  {
    scope: 'api',
    mayImport: [...PLUMBING, ...DOMAINS],
    testsMayImport: [...WITH_EVERYTHING, 'conductor'],
    never: ['typeorm', 'bullmq'],
  },
  {
    scope: 'conductor',
    mayImport: [...PLUMBING, ...DOMAINS, 'openstack'],
    testsMayImport: WITH_EVERYTHING,
    never: ['typeorm', 'bullmq'],
  },
  {
    scope: 'openstack-sim',
    mayImport: ['kernel', 'openstack'],
    testsMayImport: WITH_SERVERS,
    never: ['bullmq'],
  },
  { scope: 'dev', mayImport: ['kernel'], never: ['typeorm', 'bullmq', '@nestjs/*'] },
  { scope: 'testing', mayImport: EVERYTHING, never: ['bullmq'] },
  { scope: 'conformance', mayImport: [...EVERYTHING, 'api', 'conductor'], never: ['typeorm', 'bullmq'] },
  { scope: 'bench', mayImport: [...EVERYTHING, 'api', 'conductor'], never: ['typeorm'] },
];

function domain(scope: string, mayImport: readonly string[]): Boundary {
  return { scope, mayImport, testsMayImport: WITH_SERVERS, never: DOMAIN_NEVER };
}

/** Pure decisions: these files import neither the framework nor the database. */
export const PURE_FILES = /\.(rules|state)(\.test)?\.ts$/;
export const PURE_NEVER: readonly string[] = ['@nestjs/*', 'typeorm'];

/** The environment is read in these files; tools may read it anywhere. */
export const MAY_READ_ENVIRONMENT = /(\.config\.ts|\.config\.test\.ts)$|^tools\//;

/** Files that are not shipped: tests, and what only tests use. */
export const TEST_FILES =
  /\.(test|spec|specs|lab|fixture)\.ts$|\/(testing|test)\/|^(libs\/testing|tools\/conformance)\//;
