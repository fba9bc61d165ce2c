// The Kafka adapter passes the log port's conformance suite on a real server.
import { logSuite } from '../../conformance/log.suite.ts';
import { features, openLog, runSettings } from './kit.ts';

logSuite('Kafka', (clock) => openLog(runSettings, clock), features);
