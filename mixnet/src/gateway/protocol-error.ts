/** A client broke the protocol. It is told the message; the connection ends. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}
