import { existsSync, readdirSync, readFileSync } from 'node:fs';

// Tests run on what `tsc -b` emitted: no transform, native ESM; source maps give TypeScript positions.
const packages = ['apps', 'libs', 'tools']
  .flatMap((folder) => readdirSync(new URL(folder, import.meta.url)).map((name) => `${folder}/${name}`))
  .filter((folder) => existsSync(`${import.meta.dirname}/${folder}/tsconfig.json`));

// Machines that build also test: a test may be slow there without being wrong.
export default {
  testTimeout: 60_000,
  projects: packages.map((folder) => ({
    displayName: JSON.parse(readFileSync(`${import.meta.dirname}/${folder}/package.json`, 'utf8')).name,
    rootDir: folder,
    testEnvironment: 'node',
    transform: {},
    testMatch: ['<rootDir>/dist/**/*.test.js'],
  })),
};
