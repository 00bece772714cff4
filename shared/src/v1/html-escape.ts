/**
 * Version 1 sends the text of a paste HTML-escaped, with exactly these five entities (Python's `html.escape(text, quote=True)`),
 * and its readers decode it once. Stored is the text itself.
 */
const ENTITIES = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#x27;',
} as const;

const CHARACTERS = Object.fromEntries(
  Object.entries(ENTITIES).map(([character, entity]) => [entity, character]),
);

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character as keyof typeof ENTITIES]);
}

/** The inverse of `escapeHtml`, once: `&amp;lt;` becomes `&lt;`. Any other entity is left as it is. */
export function unescapeHtml(text: string): string {
  return text.replace(/&(?:amp|lt|gt|quot|#x27);/g, (entity) => CHARACTERS[entity] ?? entity);
}
