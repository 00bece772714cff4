import type { Link, LinkListener, OpenLink } from '../../src/connection/link.js';

/** A link whose fate a test decides. */
export interface ScriptedLink {
  listener: LinkListener;
  closed: boolean;
  sent: { message: Uint8Array; recipient: string; replySurbs: number }[];
  /** Loads, and connects under an address of its own. */
  connect: () => void;
}

/** Opens links that do nothing by themselves. `onSend` is told of everything that is sent. */
export function scriptedLinks(
  onSend: (message: Uint8Array, recipient: string, link: ScriptedLink) => void = () => undefined,
) {
  const links: ScriptedLink[] = [];
  const open: OpenLink = (listener) => {
    const address = `client-${links.length + 1}`;
    const scripted: ScriptedLink = {
      listener,
      closed: false,
      sent: [],
      connect() {
        listener.loaded();
        listener.gatewayReached('ws://gateway/');
        listener.connected(address);
      },
    };
    links.push(scripted);
    const link: Link = {
      send(message, recipient, replySurbs) {
        scripted.sent.push({ message, recipient, replySurbs });
        onSend(message, recipient, scripted);
        return Promise.resolve();
      },
      close() {
        scripted.closed = true;
      },
    };
    return link;
  };
  return {
    open,
    links,
    last: (): ScriptedLink => {
      const link = links.at(-1);
      if (link === undefined) throw new Error('No link has been opened.');
      return link;
    },
  };
}
