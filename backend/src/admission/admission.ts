import { AppError } from '@pastenym/shared/errors';
import { BUSY_RETRY_MS } from '../limits.js';
import type { Upkeep } from '../store/store.js';
import { QUIET_FULLNESS } from './difficulty.js';
import type { Quota } from './quota.js';
import type { TokenBucket } from './token-bucket.js';

export interface AdmissionOptions {
  bucket: Pick<TokenBucket, 'take' | 'fullness'>;
  quota: Pick<Quota, 'within'>;
  store: Pick<Upkeep, 'usage'>;
  maxUploads: number;
  /** Whether work is asked of those who can be asked for it, ever. */
  asksForWork: boolean;
}

/** An upload that is abandoned, or completed, makes room; nobody knows when. */
const UPLOADS_RETRY_MS = 30_000;

/** Whether a paste may be stored just now: there is room for it, and not too many have come of late. The same for all versions of the wire. */
export class Admission {
  readonly #options: AdmissionOptions;
  /** Uploads that are being begun. */
  #beginning = 0;

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /**
   * Stores a paste that comes with its content.
   * @param bytes of its content
   * @throws AppError `store-full`, `busy`, and what `create` throws
   */
  store<T>(bytes: number, create: () => Promise<T>): Promise<T> {
    const { quota } = this.#options;
    return quota.within(bytes, () => {
      this.#takeToken();
      return create();
    });
  }

  /**
   * The same for those who cannot be asked for work. They leave half of what may come to those who can, whose price would rise with each of them.
   * @throws as `store`
   */
  async storeUnpaid<T>(bytes: number, create: () => Promise<T>): Promise<T> {
    const { bucket, asksForWork } = this.#options;
    if (asksForWork && bucket.fullness < QUIET_FULLNESS) {
      throw new AppError('busy', { retryAfterMs: BUSY_RETRY_MS });
    }
    return this.store(bytes, create);
  }

  /** Begins an upload. @throws AppError `too-many-uploads`, and what `store` throws */
  async beginUpload<T>(bytes: number, create: () => Promise<T>): Promise<T> {
    const { store, maxUploads } = this.#options;
    const { uploads } = await store.usage();
    if (uploads + this.#beginning >= maxUploads) {
      throw new AppError('too-many-uploads', { retryAfterMs: UPLOADS_RETRY_MS });
    }
    this.#beginning++;
    try {
      return await this.store(bytes, create);
    } finally {
      this.#beginning--;
    }
  }

  #takeToken(): void {
    const retryAfterMs = this.#options.bucket.take();
    if (retryAfterMs > 0) throw new AppError('busy', { retryAfterMs });
  }
}
