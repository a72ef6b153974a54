// Checks the books in a thread of their own: the whole history is read, and the program must go on answering meanwhile.

import { Worker } from 'node:worker_threads';
import type { BookCheck } from '../core/ports/statistics-store.js';

/** What the thread is handed. */
export interface BooksTask {
  file: string;
  now: number;
  photoKeepMs: number | undefined;
}

/** Runs every check on the database file through a read-only connection. @throws Error when it cannot be read */
export function checkBooksAside(
  file: string,
  now: number,
  photoKeepMs?: number,
): Promise<BookCheck[]> {
  const task: BooksTask = { file, now, photoKeepMs };
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./books-thread.js', import.meta.url), { workerData: task });
    worker.once('message', (checks: BookCheck[]) => {
      resolve(checks);
    });
    worker.once('error', reject);
    worker.once('exit', (code) => {
      reject(new Error(`the check of the books ended without a result (${code})`));
    });
  });
}
