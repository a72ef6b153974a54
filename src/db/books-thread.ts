// The thread of `check-books-aside.ts`: checks once, answers and ends.

import { parentPort, workerData } from 'node:worker_threads';
import type { BooksTask } from './check-books-aside.js';
import { openReadOnly } from './read-only.js';
import { checkBooks } from './store/books.js';

const { file, now, photoKeepMs } = workerData as BooksTask;
const client = openReadOnly(file);
try {
  parentPort?.postMessage(checkBooks(client, now, photoKeepMs));
} finally {
  client.close();
}
