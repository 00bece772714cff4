/**
 * Writes to the clipboard. Pages that came over plain http from another machine have no clipboard interface; there the old way still works.
 * @returns whether it is done
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyFromSelection(text);
  }
}

function copyFromSelection(text: string): boolean {
  const helper = document.createElement('textarea');
  helper.value = text;
  helper.readOnly = true;
  document.body.append(helper);
  helper.select();
  try {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way without a secure context
    return document.execCommand('copy');
  } finally {
    helper.remove();
  }
}
