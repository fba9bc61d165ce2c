// The life of a long-running verb: started, then until a signal or a fault, then stopped with grace.
import { flushCompileCache } from 'node:module';
import closeWithGrace from 'close-with-grace';
import type { ApplicationParts } from './application.ts';
import { readConfig } from './config.ts';
import type { Config, Part } from './config-schema.ts';
import { createLogger } from './logging.ts';

export interface Runnable {
  stop(): Promise<void>;
}

/** How long stopping may take before the process is ended hard; nothing is lost then, either. */
const graceMs = 15_000;

/**
 * Starts what `start` starts, and arranges its end. `started` shows that it runs; what it gives is called at the end.
 * A fault of what runs ends the process with exit code 1, for a supervisor to start it again.
 */
export async function runUntilStopped<Started extends Runnable>(
  flags: Readonly<Record<string, unknown>>,
  parts: readonly Part[],
  start: (parts: ApplicationParts) => Promise<Started>,
  started: (running: Started, config: Config) => (() => void) | undefined,
): Promise<void> {
  const config = readConfig({ flags, parts });
  const logger = createLogger(config);
  const failed = Promise.withResolvers<never>();
  const onFailure = (error: unknown) => failed.reject(error);
  const running = await Promise.race([start({ config, logger, onFailure }), failed.promise]);
  const end = started(running, config);
  closeWithGrace({ delay: graceMs, logger }, async ({ err, signal }) => {
    end?.();
    if (err) logger.fatal({ err }, 'stopping because of a fault');
    else logger.info({ signal }, 'stopping');
    await running.stop();
  });
  // A process that is killed writes it at no other time.
  flushCompileCache();
  failed.promise.catch((error: Error) => process.emit('uncaughtException', error));
}
