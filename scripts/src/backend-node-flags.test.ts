import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { BACKEND_NODE_FLAGS } from './backend-node-flags.js';

const entrypoint = ['node', ...BACKEND_NODE_FLAGS, 'backend/dist/main.js'];

test('the image runs the backend as the launcher does', () => {
  const dockerfile = readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8');
  const written = entrypoint.map((argument) => JSON.stringify(argument)).join(', ');
  expect(dockerfile).toContain(`ENTRYPOINT [${written}]`);
});

test('so does the documented way without containers', () => {
  const hosting = readFileSync(new URL('../../docs/hosting.md', import.meta.url), 'utf8');
  expect(hosting).toContain(`NODE_OPTIONS=${BACKEND_NODE_FLAGS.join(' ')} npm run backend`);
});
