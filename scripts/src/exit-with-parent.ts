/**
 * Loaded before a part's own program (`node --import`): should the launcher be killed, the part stops by itself, as if asked to.
 */
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
process.channel?.unref();
