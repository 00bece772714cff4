import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { safeFileName } from './file-name.js';

test.each([
  ['a.txt', 'a.txt'],
  ['Grüße 世界.pdf', 'Grüße 世界.pdf'],
  ['../../etc/passwd', 'passwd'],
  ['C:\\Windows\\system32\\evil.dll', 'evil.dll'],
  ['.bashrc', 'bashrc'],
  ['..', 'attachment.bin'],
  ['', 'attachment.bin'],
  ['con.txt', '_con.txt'],
  ['CON', '_CON'],
  ['console.txt', 'console.txt'],
  ['a<b>:"|?*.txt', 'a_b______.txt'],
  ['photo\u202Egnp.exe', 'photognp.exe'],
  ['a\u0000b\n.txt', 'ab.txt'],
  [`${'x'.repeat(300)}.tar.gz`, `${'x'.repeat(97)}.gz`],
])('%j is saved as %j', (given, saved) => {
  expect(safeFileName(given)).toBe(saved);
});

test('no name that anybody can think of is a path, hidden, invisible or too long', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (given) => {
      const saved = safeFileName(given);
      expect(saved).not.toMatch(/[/\\<>:"|?*\p{Cc}\p{Cf}]/u);
      expect(saved).not.toMatch(/^[.\s]|[.\s]$/);
      expect(saved.length).toBeGreaterThan(0);
      expect(Array.from(saved).length).toBeLessThanOrEqual(101);
      expect(safeFileName(saved)).toBe(saved);
    }),
  );
});
