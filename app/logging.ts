// Log lines go to standard error, so that standard output is for people and pipes: JSON, or readable on a terminal.
import pino, { type Logger } from 'pino';
import pretty from 'pino-pretty';
import type { Config } from './config-schema.ts';

export function createLogger({ logLevel: level }: Pick<Config, 'logLevel'>): Logger {
  const redact = { paths: ['req.headers.authorization', 'req.headers.cookie', '*.password'], remove: true };
  if (!process.stderr.isTTY) return pino({ level, redact }, pino.destination(2));
  return pino({ level, redact }, pretty({ destination: 2, ignore: 'pid,hostname', translateTime: 'HH:MM:ss.l' }));
}
