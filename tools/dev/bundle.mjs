// Bundles one app's compiled output into bundle/main.js, which runs without node_modules.
//   node tools/dev/bundle.mjs FOLDER [ENTRY]     the entry is dist/main.js unless told
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const folder = resolve(process.argv[2] ?? '.');
const entry = process.argv[3] ?? 'main.js';
const bundle = join(folder, 'bundle');

// Loaded by Nest, TypeORM and BullMQ only where somebody has installed them, which we have not.
const optional = [
  '@nestjs/microservices',
  '@nestjs/platform-express',
  '@nestjs/websockets',
  '@fastify/static',
  '@fastify/view',
  '@fastify/multipart',
  '@google-cloud/spanner',
  '@mikro-orm',
  '@sap/hana-client',
  '@valkey/valkey-glide',
  'better-sqlite3',
  'bun',
  'cache-manager',
  'class-transformer',
  'expo-sqlite',
  'hdb-pool',
  'mongodb',
  'mssql',
  'mysql',
  'oracledb',
  'pg',
  'pg-native',
  'pg-query-stream',
  'react-native',
  'react-native-sqlite-storage',
  'redis',
  'sql.js',
  'sqlite3',
  'ts-node',
  'typeorm-aurora-data-api-driver',
];

// CommonJS packages inside of an ES module still ask for these.
const banner = [
  "import { createRequire as createRequireForBundle } from 'node:module';",
  'const require = createRequireForBundle(import.meta.url);',
  'const __filename = import.meta.filename;',
  'const __dirname = import.meta.dirname;',
].join(' ');

rmSync(bundle, { recursive: true, force: true });
await build({
  entryPoints: [join(folder, 'dist', entry)],
  outfile: join(bundle, 'main.js'),
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  sourcemap: 'linked',
  keepNames: true,
  logLevel: 'warning',
  external: optional.flatMap((name) => [name, `${name}/*`]),
  banner: { js: banner },
});
const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
writeFileSync(join(bundle, 'package.json'), JSON.stringify({ name, version, type: 'module' }));
