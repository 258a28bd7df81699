// The suite on the lab's real clusters. Three files at a time: much of their time is waiting for OpenStack.
export default {
  displayName: '@ultron/conformance on the lab',
  rootDir: '.',
  testEnvironment: 'node',
  transform: {},
  testMatch: ['<rootDir>/dist/**/*.lab.js'],
  maxWorkers: 3,
  testTimeout: 180_000,
};
