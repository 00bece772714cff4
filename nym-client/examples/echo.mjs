import { connectNymClient } from '@pastenym/nym-client/connection';

const nym = await connectNymClient(process.env.NYM_CLIENT_URL ?? 'ws://127.0.0.1:1977');
console.log(`Write to ${nym.selfAddress}`);

nym.on('message', async ({ message, senderTag }) => {
  if (senderTag !== undefined) await nym.reply(senderTag, message);
});
nym.on('error', (error) => {
  console.error(error.message);
});
process.once('SIGINT', () => nym.close());
