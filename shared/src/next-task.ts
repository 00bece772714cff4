/**
 * Lets everything else have its turn: pictures, clicks, timers, messages. Not by `setTimeout`: browsers make nested timers wait 4 ms, and those of a hidden tab a second or a
 * minute; tasks from a message port or of `scheduler.yield` they hold up in neither.
 */
export function nextTask(): Promise<void> {
  const { scheduler } = globalThis as { scheduler?: { yield?: () => Promise<void> } };
  return scheduler?.yield === undefined ? nextMessage() : scheduler.yield();
}

function nextMessage(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      // An open port would keep a process of Node alive.
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
