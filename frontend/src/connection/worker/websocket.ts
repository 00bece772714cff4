import { report } from './post.js';

/** The client opens one websocket, to its gateway. It is not told of a close that comes later; the page is. */
class ReportingWebSocket extends WebSocket {
  constructor(url: string | URL, protocols?: string | string[]) {
    super(url, protocols);
    this.addEventListener('open', () => {
      report({ kind: 'pastenym:socket-open', url: String(url) });
      // The client itself fires a close event of its own making when it lets go of a socket; the browser's comes after it.
      const closed = () => {
        report({ kind: 'pastenym:socket-closed' });
      };
      this.addEventListener('close', closed, { once: true });
    });
  }
}

Object.assign(globalThis, { WebSocket: ReportingWebSocket });
