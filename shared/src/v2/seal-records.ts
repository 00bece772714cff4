import { countRecords, describeParameters, gcm, RECORD_PLAINTEXT_BYTES } from './records.js';
import type { VisibleParameters } from './records.js';

/**
 * The only place where something is encrypted; closed to other packages, as are the keys (`exports` in package.json).
 * @param sealingKey of this paste alone, drawn for it: a second sealing under the same key would use its nonces twice
 */
export async function sealRecords(
  plaintext: Uint8Array,
  sealingKey: CryptoKey,
  visible: Omit<VisibleParameters, 'chunks'>,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const chunks = countRecords(plaintext.length);
  const aad = describeParameters({ ...visible, chunks });
  const seal = async (index: number) => {
    const at = index * RECORD_PLAINTEXT_BYTES;
    const record = Uint8Array.from(plaintext.subarray(at, at + RECORD_PLAINTEXT_BYTES));
    const algorithm = gcm(index, chunks, aad);
    return new Uint8Array(await crypto.subtle.encrypt(algorithm, sealingKey, record));
  };
  return Promise.all(Array.from({ length: chunks }, (_, index) => seal(index)));
}
