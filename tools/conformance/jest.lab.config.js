// The suite on the lab's real clusters: one file after another, since they share the machine with the lab.
export default {
  displayName: '@ultron/conformance on the lab',
  rootDir: '.',
  testEnvironment: 'node',
  transform: {},
  testMatch: ['<rootDir>/dist/**/*.lab.js'],
  maxWorkers: 1,
  testTimeout: 180_000,
};
