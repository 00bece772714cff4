/** Sets the IndexedDB of this worker, and all of its classes, to one that is in memory. It must come before the client's own code. */
import 'fake-indexeddb/auto';
