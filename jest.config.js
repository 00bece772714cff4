/**
 * Two runs: `unit` (pure, beside the code, in parallel) and `integration` (real sockets, real mixnets,
 * one at a time, because the official client gives a gateway only five seconds to answer a handshake).
 * Tests read TypeScript sources through the export condition `source`, so they never see a stale build.
 */
const common = {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  moduleFileExtensions: ['ts', 'tsx', 'js', 'mjs', 'cjs', 'json', 'node'],
  modulePathIgnorePatterns: ['<rootDir>/data/', '/dist/'],
  transform: {
    '\\.tsx?$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', tsx: true },
          transform: { react: { runtime: 'automatic' } },
        },
      },
    ],
  },
};

const packages = '{shared,mixnet,nym-client,backend,frontend,scripts}';

export default {
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: [`<rootDir>/${packages}/{src,server}/**/*.test.{ts,tsx}`],
    },
    {
      ...common,
      displayName: 'integration',
      testMatch: [`<rootDir>/${packages}/test/**/*.test.ts`],
    },
    { ...common, displayName: 'e2e', testMatch: ['<rootDir>/e2e/src/**/*.test.ts'] },
  ],
};
