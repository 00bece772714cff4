import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import { importX } from 'eslint-plugin-import-x';
import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/**
 * Who may import whom (docs/ARCHITECTURE.md): for each package, the packages of ours that its sources may name.
 * Tests may use the public entries of all.
 */
const mayImport = {
  shared: [],
  mixnet: [],
  'nym-client': ['shared'],
  backend: ['shared', 'nym-client/connection'],
  frontend: ['shared'],
  scripts: ['shared', 'mixnet', 'nym-client'],
  e2e: ['shared', 'mixnet', 'nym-client', 'scripts'],
};

const packageRule = ([folder, allowed]) => ({
  files: [`${folder}/**/*.{ts,tsx}`],
  ignores: [`${folder}/test/**`, `${folder}/**/*.test.{ts,tsx}`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            regex: `^@pastenym/(?!(${allowed.join('|') || '$.'})(/|$))`,
            message: `${folder} may import of ours only: ${allowed.join(', ') || 'nothing'}.`,
          },
          { regex: '^(\\.\\./)+(dist|src)/', message: 'Import a package by its name.' },
        ],
      },
    ],
  },
});

/** Inside a package imports run one way too: [the files, what they must not reach for, why]. */
const oneWay = [
  ['mixnet/src/sphinx/**', '(gateway|mix-node|nym-api|link)/', 'Sphinx is pure: it knows no node.'],
  [
    'mixnet/src/link/**',
    '(gateway|mix-node|nym-api)/',
    'The link carries frames, whoever sends them.',
  ],
  [
    'nym-client/src/protocol/**',
    '(connection|daemon|mixnet-client)/',
    'The codec serves both sides.',
  ],
  [
    'nym-client/src/connection/**',
    '(daemon|mixnet-client)/',
    'Applications take the connection alone.',
  ],
  ['backend/src/pastes/**', '(wire)/', 'The paste service knows nothing of wire versions.'],
  ['backend/src/store/**', '(wire)/', 'The store knows nothing of the wire.'],
  [
    'frontend/src/{connection,pastes}/**',
    '(react|app/|compose/|read/|ui/)',
    'Stores work without React.',
  ],
].map(([files, reach, message]) => ({
  files: [files],
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      { patterns: [{ regex: `(^|/)${reach}`, message }] },
    ],
  },
}));

export default tseslint.config(
  { ignores: ['**/dist/', '**/coverage/', 'data/', '**/node_modules/'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [
      tseslint.configs.strictTypeChecked,
      tseslint.configs.stylisticTypeChecked,
      importX.flatConfigs.typescript,
    ],
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [
        createTypeScriptImportResolver({ conditionNames: ['source', 'import'] }),
      ],
    },
    rules: {
      'import-x/no-cycle': 'error',
      'import-x/no-extraneous-dependencies': ['error', { includeTypes: true }],
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'exit',
          message: 'Set process.exitCode and let the work end.',
        },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    // The Node.js globals of the plain scripts that run before anything is installed or built.
    files: ['**/*.{js,mjs}'],
    languageOptions: {
      globals: { Buffer: 'readonly', process: 'readonly', console: 'readonly', URL: 'readonly' },
    },
  },
  Object.entries(mayImport).map(packageRule),
  oneWay,
  {
    files: ['frontend/src/**/*.{ts,tsx}'],
    extends: [reactHooks.configs.flat['recommended-latest'], jsxA11y.flatConfigs.strict],
  },
  {
    // A paste, a key or a page must never be read from these at import time: no Node, no DOM in what both ends share.
    files: ['shared/src/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        'fetch',
        'indexedDB',
        'location',
        'navigator',
        'self',
        'process',
        'Buffer',
      ],
    },
  },
  {
    files: ['**/*.test.{ts,tsx}', '**/test/**', 'e2e/**'],
    rules: {
      'import-x/no-extraneous-dependencies': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  prettier,
);
