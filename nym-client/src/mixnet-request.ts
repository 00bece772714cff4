/** What an application asks of the mixnet. Addresses and tags are in their text forms. */
export type MixnetRequest =
  | { type: 'send'; recipient: string; message: Uint8Array }
  | { type: 'sendAnonymous'; recipient: string; message: Uint8Array; replySurbs: number }
  | { type: 'reply'; senderTag: string; message: Uint8Array };
