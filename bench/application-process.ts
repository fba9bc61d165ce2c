// The application on Kafka, as `stockstream worker` runs it: threads that each have connections and state of their own.
// It says when its first task runs and what it has used, and ends when it is told to or the runner is gone.
import '../bin/runtime.js';
import { Worker } from 'node:worker_threads';
import type { ApplicationOptions, Question, Report, Used } from './application-messages.ts';
import { peakRssMb, secondsOf } from './peer-result.ts';

const options = JSON.parse(process.argv[2]!) as ApplicationOptions;
const threads = Array.from({ length: options.threads }, (_, number) => {
  return new Worker(new URL('./application-thread.ts', import.meta.url), { workerData: { ...options, number } });
});

const used = (): Used => ({ cpuSeconds: secondsOf(process.cpuUsage()), peakRssMb: peakRssMb() });
const report = (message: Report) => process.send?.(message);

let isRunning = false;
for (const thread of threads) {
  thread.once('message', (at: number) => {
    if (!isRunning) report({ type: 'running', at, ...used() });
    isRunning = true;
  });
}

/** Threads that have ended let this process end. */
function stop(): void {
  for (const thread of threads) thread.postMessage('stop');
}

process.on('message', (question: Question) => {
  if (question === 'used') report({ type: 'used', ...used() });
  else {
    stop();
    process.disconnect();
  }
});
process.once('disconnect', stop);
// Of those who ask it to end, only the runner counts: a terminal's Ctrl-C reaches both.
process.on('SIGINT', () => {});
