import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Moment, PasteStore } from '../../src/store/store.js';
import {
  accessHash,
  at,
  chunk,
  claim,
  deletion,
  guardedPaste,
  NOW,
  openPaste,
  outcome,
  sha256,
  status,
  sweepAll,
  upload,
  type Bench,
} from './fixtures.js';
import { ModelStore } from './model-store.js';

const RUNS = 40;
const MAX_STEPS = 60;
const LIFE_SECONDS = 100;

/** So few names that steps meet each other. */
const name = (kind: string, count = 3) =>
  fc.nat({ max: count - 1 }).map((number) => `${kind}${number}`);
const seconds = fc.integer({ min: 1, max: LIFE_SECONDS });
const views = fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined });

const step = fc.oneof(
  fc.record({ verb: fc.constant('wait' as const), seconds: fc.nat({ max: 40 }) }),
  fc.record({ verb: fc.constant('sweep' as const) }),
  fc.record({ verb: fc.constant('block' as const), id: name('paste') }),
  fc.record({ verb: fc.constant('createOpen' as const), id: name('paste'), seconds, views }),
  fc.record({ verb: fc.constant('takeOpenView' as const), id: name('paste') }),
  fc.record({
    verb: fc.constant('createGuarded' as const),
    ...{ id: name('paste'), request: name('request', 6), seconds, views },
    uploadId: fc.option(name('upload', 200), { nil: undefined }),
  }),
  fc.record({
    verb: fc.constant('readUnlimited' as const),
    ...{ id: name('paste'), index: fc.nat({ max: 2 }) },
  }),
  fc.record({
    verb: fc.constant('claimView' as const),
    ...{ id: name('paste'), request: name('claim', 5), seconds },
    isProven: fc.nat({ max: 9 }).map((number) => number > 0),
  }),
  fc.record({
    verb: fc.constant('readChunk' as const),
    id: name('paste'),
    request: name('claim', 5),
  }),
  fc.record({
    verb: fc.constant('endClaim' as const),
    id: name('paste'),
    request: name('claim', 5),
  }),
  fc.record({
    verb: fc.constant('delete' as const),
    id: name('paste'),
    request: name('request', 6),
  }),
  fc.record({ verb: fc.constant('status' as const), id: name('paste') }),
  fc.record({
    verb: fc.constant('putChunk' as const),
    ...{ index: fc.nat({ max: 2 }), text: fc.constantFrom('a', 'a', 'b'), seconds },
  }),
  fc.record({ verb: fc.constant('complete' as const), seconds }),
  fc.record({ verb: fc.constant('drop' as const) }),
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** One run: the model beside the store, and what both are asked for. */
class Run {
  readonly #model = new ModelStore();
  readonly #bench: Bench;
  readonly #prefix: string;
  #now = NOW;
  /** The last one that began. */
  #upload = 'none';
  readonly #begun = new Set<string>();

  constructor(bench: Bench, prefix: string) {
    this.#bench = bench;
    this.#prefix = prefix;
  }

  async take(step: Step, store: PasteStore): Promise<void> {
    const [expected, actual] = await this.#both(step, store, at(this.#now));
    expect({ step, result: plain(actual) }).toEqual({ step, result: plain(expected) });
    expect({ step, usage: await store.usage() }).toEqual({ step, usage: this.#model.usage() });
  }

  /** @returns what the model says, and what the store says */
  async #both(step: Step, store: PasteStore, now: Moment): Promise<[unknown, unknown]> {
    const model = this.#model;
    switch (step.verb) {
      case 'wait':
        this.#now += step.seconds;
        return [undefined, undefined];
      case 'sweep':
        model.sweep(now);
        await sweepAll(store, now);
        return [undefined, undefined];
      case 'block':
        model.block(this.#id(step));
        await this.#bench.database.block(this.#id(step));
        return [undefined, undefined];
      case 'createOpen': {
        const expiresAt = this.#now + step.seconds;
        const paste = openPaste(this.#id(step), { expiresAt, maxViews: step.views });
        return [model.createOpen(paste), await store.createOpen(paste)];
      }
      case 'takeOpenView':
        return [
          model.takeOpenView(this.#id(step), now),
          await store
            .takeOpenView(this.#id(step), now)
            .then((view) => view && { content: view.content, views: view.views }),
        ];
      case 'createGuarded': {
        const paste = this.#guarded(step);
        const wanted = this.#outcome(step.request, `create ${step.id}`);
        return [model.createGuarded(paste, wanted), await store.createGuarded(paste, wanted)];
      }
      case 'readUnlimited': {
        const args = [status(this.#id(step)), step.index, now] as const;
        return [model.readUnlimited(...args), await store.readUnlimited(...args)];
      }
      case 'claimView': {
        const wanted = this.#claim(step, step.seconds, step.isProven);
        return [model.claimView(wanted, now), await store.claimView(wanted, now)];
      }
      case 'readChunk': {
        const key = this.#claim(step);
        return [model.claimedChunk(key, 0, now), await store.claimedChunk(key, 0, now)];
      }
      case 'endClaim':
        return [
          model.endClaim(this.#claim(step), now),
          await store.endClaim(this.#claim(step), now),
        ];
      case 'delete': {
        const wanted = this.#outcome(step.request, `delete ${step.id}`);
        const paste = deletion(this.#id(step));
        return [
          model.deleteGuarded(paste, wanted, now),
          await store.deleteGuarded(paste, wanted, now),
        ];
      }
      case 'status': {
        const id = this.#id(step);
        const expected = model.guardedStatus(id, accessHash(id), now);
        return [expected, await store.guardedStatus(status(id), now)];
      }
      case 'putChunk': {
        const put = [this.#upload, chunk(step.index, step.text), this.#now + step.seconds] as const;
        return [model.putChunk(...put), await store.putChunk(...put)];
      }
      case 'complete': {
        const forgetAt = this.#now + step.seconds;
        model.completeUpload(this.#upload, forgetAt);
        await store.completeUpload(this.#upload, forgetAt);
        return [model.findUpload(this.#upload, now), await this.#findUpload(store, now)];
      }
      case 'drop':
        return [model.dropUpload(this.#upload), await store.dropUpload(this.#upload)];
      default:
        return step satisfies never;
    }
  }

  #findUpload = (store: PasteStore, now: Moment) =>
    store
      .findUpload(this.#upload, now)
      .then((found) => found && { bytes: found.bytes, isComplete: found.isComplete });

  #id = ({ id }: { id: string }) => this.#prefix + id;

  #guarded(step: Extract<Step, { verb: 'createGuarded' }>) {
    const expiresAt = this.#now + step.seconds;
    const paste = { expiresAt, maxViews: step.views };
    const uploadId = this.#prefix + String(step.uploadId);
    // Upload ids are random: none comes twice.
    if (step.uploadId === undefined || this.#begun.has(uploadId)) {
      return guardedPaste(this.#id(step), paste);
    }
    this.#begun.add(uploadId);
    this.#upload = uploadId;
    const content = upload(uploadId, this.#now + 30);
    return guardedPaste(this.#id(step), { ...paste, content, bytes: 10 });
  }

  #outcome = (request: string, what: string) =>
    outcome(this.#prefix + request, { digest: sha256(what), forgetAt: this.#now + 50 });

  #claim({ id, request }: { id: string; request: string }, seconds = 0, isProven = true) {
    const full = this.#prefix + id;
    const [endsAt, forgetAt] = [this.#now + seconds, this.#now + 2 * seconds];
    const proof = isProven ? {} : { accessHash: sha256('guess') };
    return claim(this.#prefix + request, full, { endsAt, forgetAt, ...proof });
  }
}

/** Bytes as text; no limit as the store says it. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value === Infinity ? undefined : value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

export function describeModel(bench: Bench): void {
  test('the store says what a plain model of it says, and is empty when the time of everything is over', async () => {
    let run = 0;
    const another = await bench.openAnother();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: MAX_STEPS, size: 'max' }), async (steps) => {
        const run_ = new Run(bench, `run${run++}-`);
        for (const [index, step] of steps.entries()) {
          await run_.take(step, index % 2 === 0 ? bench.store : another);
        }
        await sweepAll(bench.store, at(NOW + 1_000_000));
        expect(await another.usage()).toEqual({ pastes: 0, bytes: 0, uploads: 0 });
      }),
      { numRuns: RUNS },
    );
  });
}
