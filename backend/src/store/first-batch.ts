import { MAX_SWEPT_BYTES } from '../limits.js';

/** How much of what is due is deleted in one transaction: at least one, if there is any. Some are due for two reasons. */
export function firstBatch<Row extends { number: number; bytes: number }>(
  due: readonly Row[],
): Row[] {
  const rows = Array.from(new Map(due.map((row) => [row.number, row])).values());
  let bytes = 0;
  return rows.filter((row, index) => (bytes += row.bytes) <= MAX_SWEPT_BYTES || index === 0);
}
