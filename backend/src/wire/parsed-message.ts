/** A message out of its envelope: JSON, and the text that it was. */
export interface ParsedMessage {
  json: unknown;
  text: string;
}
