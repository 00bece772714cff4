import { expect, test } from '@jest/globals';
import { Admission } from './admission.js';
import { Quota } from './quota.js';
import { TokenBucket } from './token-bucket.js';

function admission({ quotaBytes = 1e9, burst = 100, maxUploads = 3, asksForWork = true } = {}) {
  const usage = { pastes: 0, bytes: 0, uploads: 0 };
  const store = {
    usage: () => Promise.resolve({ ...usage }),
    freeBytes: () => Promise.resolve(undefined),
  };
  const bucket = new TokenBucket({ perSecond: 1, burst, clock: () => 0 });
  const quota = new Quota({ quotaBytes, store });
  return { usage, bucket, gate: new Admission({ bucket, quota, store, maxUploads, asksForWork }) };
}

const stored = () => Promise.resolve('stored');

test('more than may come in a while are told when to come again', async () => {
  const { gate } = admission({ burst: 2 });
  expect(await gate.store(1, stored)).toBe('stored');
  expect(await gate.beginUpload(1, stored)).toBe('stored');
  await expect(gate.store(1, stored)).rejects.toMatchObject({ code: 'busy', retryAfterMs: 1000 });
});

test('who pays no work leaves half of what may come to those who do', async () => {
  const { gate } = admission({ burst: 4 });
  for (let n = 0; n < 3; n++) expect(await gate.storeUnpaid(1, stored)).toBe('stored');
  await expect(gate.storeUnpaid(1, stored)).rejects.toMatchObject({ code: 'busy' });
  expect(await gate.store(1, stored)).toBe('stored');
});

test('and where no work is ever asked, all are alike', async () => {
  const { gate } = admission({ burst: 2, asksForWork: false });
  for (let n = 0; n < 2; n++) expect(await gate.storeUnpaid(1, stored)).toBe('stored');
});

test('what there is no room for costs no token', async () => {
  const { gate, bucket } = admission({ quotaBytes: 5000 });
  await expect(gate.store(10_000, stored)).rejects.toMatchObject({ code: 'store-full' });
  expect(bucket.fullness).toBe(1);
});

test('as many uploads are under way as may be, those among them that are just being begun', async () => {
  const { gate, usage } = admission({ maxUploads: 3 });
  usage.uploads = 1;
  const results = await Promise.allSettled([1, 2, 3, 4].map(() => gate.beginUpload(1, stored)));
  const begun = results.filter(({ status }) => status === 'fulfilled');
  expect(begun).toHaveLength(2);
  usage.uploads = 3;
  await expect(gate.beginUpload(1, stored)).rejects.toMatchObject({
    code: 'too-many-uploads',
    retryAfterMs: 30_000,
  });
  expect(await gate.store(1, stored)).toBe('stored');
});
