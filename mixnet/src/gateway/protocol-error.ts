/** A client broke the protocol, to no effect. It is told the message; unless it is authenticated, the connection ends. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}
