/** How long a browser may take to begin with a download. */
const REVOKE_AFTER_MS = 60_000;

/**
 * Hands bytes to the reader as a file to keep. They are never of a type that a browser shows: what somebody else has made must not be
 * rendered under this page's address.
 */
export function saveFile(name: string, content: Uint8Array | string): void {
  const bytes = typeof content === 'string' ? content : Uint8Array.from(content);
  const url = URL.createObjectURL(new Blob([bytes], { type: 'application/octet-stream' }));
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, REVOKE_AFTER_MS);
}
