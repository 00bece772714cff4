import type { ErrorCode } from '../errors.js';
import type { EventName, ReplyData, RequestData } from '../v2/messages.js';

/**
 * What the members of version 2's messages mean, in a line each, for docs/protocol/v2.md. They stand apart from the schemas so that no page loads them; their type sees to it
 * that none is forgotten.
 */
type Plain = string | number | boolean | Uint8Array | readonly unknown[] | null | undefined;

/** For each member a line; for an object a line about itself, under `''`, and one for each of its members. */
export type Meanings<T> = {
  [K in keyof T]-?: T[K] extends Plain ? string : { '': string } & Meanings<NonNullable<T[K]>>;
};

const PASTE_ID = 'the paste’s, from its link';
const ACCESS_PROOF = 'shows that the asker has the whole link (and the password)';
const CLAIM = 'the `id` of the `readPaste` that claimed the view; any where `views` is 0';
const VIEWS = 'as its author asked: how many reads it survives; 0 for any number';
const VIEWS_LEFT = 'how many reads are left after those that are claimed; null for any number';
const SIZE = 'the length of all chunks together, in bytes';
const EXPIRES_AT = 'when it expires, rounded up; seconds since 1970';
const CHALLENGE = 'the puzzle’s, from `info`';

export const meanings: {
  [E in EventName]: {
    does: string;
    request: Meanings<RequestData<E>>;
    reply: Meanings<ReplyData<E>>;
  };
} = {
  info: {
    does: 'Tells what the service is and what it takes. Asked first, and again when the puzzle is out of date.',
    request: {},
    reply: {
      version: 'of the service’s program',
      protocols: 'versions of the wire format that are served',
      name: 'of this instance, for people',
      notice: 'what its operator wants to be read; may be empty',
      limits: {
        '': 'what this service takes, which may be less than the format allows',
        maxPasteBytes: SIZE,
        maxViews: 'the highest number of reads that can be asked for',
        minExpirySeconds: 'the shortest life of a paste',
        maxExpirySeconds: 'the longest life of a paste',
      },
      expiriesSeconds: 'those to offer to people',
      capabilities: {
        '': 'what this service can do beside (for version 1)',
        ipfs: 'it stores pastes on IPFS',
        blockHeight: 'a paste can expire at a Bitcoin block height',
      },
      puzzle: {
        '': 'the price of a paste, now',
        difficulty: 'how many hashes it takes on average; 0: nothing',
        challenge: 'goes into the work, so that nobody can work ahead',
        validForSeconds: 'for how long this challenge is taken',
      },
    },
  },
  createPaste: {
    does: 'Stores a sealed paste, or begins an upload.',
    request: {
      accessHash: 'SHA-256 of the access proof',
      deleteHash: 'SHA-256 of the delete proof',
      views: 'how many reads it survives; 0 for any number',
      expiresInSeconds: 'for how long it is to be kept',
      size: SIZE,
      contentHash: 'SHA-256 over the SHA-256 of each chunk, in order',
      content: 'the chunk, if and only if there is one',
      puzzle: {
        '': 'the work; may be left out while the difficulty is 0',
        challenge: CHALLENGE,
        solution: '8 nonces',
      },
    },
    reply: {
      pasteId: 'the service’s name for the paste, for its link',
      expiresAt: EXPIRES_AT,
      uploadId: 'for `putChunk`; absent when the paste is stored already',
    },
  },
  putChunk: {
    does: 'Brings a chunk of a large paste. In any order, any number of times.',
    request: {
      uploadId: 'from `createPaste`',
      index: 'the chunk’s, from 0',
      content: 'the chunk: 65,536 bytes, the last what is left',
    },
    reply: {
      missing: 'the indexes of the first chunks that are still missing; empty: the paste is stored',
    },
  },
  readPaste: {
    does: 'Claims a view, where reads are limited, and answers the first chunk.',
    request: { pasteId: PASTE_ID, accessProof: ACCESS_PROOF },
    reply: {
      size: SIZE,
      views: VIEWS,
      viewsLeft: VIEWS_LEFT,
      expiresInSeconds: 'as its author asked; with `views`, it is needed for opening',
      expiresAt: EXPIRES_AT,
      content: 'the first chunk',
    },
  },
  readChunk: {
    does: 'Answers a further chunk, where reads are limited under the same claim.',
    request: {
      pasteId: PASTE_ID,
      accessProof: ACCESS_PROOF,
      claim: CLAIM,
      index: 'the chunk’s, from 0',
    },
    reply: { content: 'the chunk' },
  },
  ackRead: {
    does: 'Ends a claim, where reads are limited: the reader has everything. If no view is left and nobody else is reading, nobody is given the content any more.',
    request: { pasteId: PASTE_ID, accessProof: ACCESS_PROOF, claim: CLAIM },
    reply: {},
  },
  deletePaste: {
    does: 'Destroys a paste, whoever is reading it.',
    request: {
      pasteId: PASTE_ID,
      deleteProof: 'shows that the asker has the whole link (and the password)',
    },
    reply: {},
  },
  pasteStatus: {
    does: 'Tells of a paste without reading it. Takes no view.',
    request: { pasteId: PASTE_ID, accessProof: ACCESS_PROOF },
    reply: { size: SIZE, views: VIEWS, viewsLeft: VIEWS_LEFT, expiresAt: EXPIRES_AT },
  },
};

/** What a client does about an error of the service; null for those that never come over the wire. */
export const errorAdvice: Record<ErrorCode, string | null> = {
  'bad-address': null,
  'bad-expiry': 'ask for no less than `limits.minExpirySeconds`',
  'bad-link': null,
  'bad-message': null,
  'bad-params': null,
  'bad-paste': null,
  'bad-request': 'mend the client: the message says where to look',
  busy: 'wait as long as `retryAfterMs` says',
  'connection-closed': null,
  'connection-failed': null,
  'content-mismatch':
    'compute `size` and `contentHash` of the very chunks that are sent, and create the paste again',
  'expiry-past': null,
  'expiry-too-far': 'ask for no more than `limits.maxExpirySeconds`',
  'id-reused': 'draw a new id: something else was created, deleted or claimed under this one',
  internal: 'wait, and send it again a few times at most',
  'message-too-large': 'send less in one message',
  'not-available': null,
  'not-found':
    'give up: unknown, wrong proof, expired and read up all look like this; so does a claim that is over',
  'paste-empty': null,
  'paste-too-large': 'keep within `limits.maxPasteBytes`',
  'puzzle-required': 'ask `info` for the puzzle, solve it, and send a new request',
  'queue-full': null,
  'store-full': 'wait for long, or use another instance',
  'timed-out': null,
  'too-many-uploads': 'wait as long as `retryAfterMs` says: others have begun uploads',
  'unknown-event': 'the service is older: use what `info` says it speaks',
  'unknown-upload':
    'create the paste again: the upload was abandoned for too long, or its paste has expired',
  'wrong-key': null,
};
