// The expiry records in memory, held to the suite of their port.
import { memoryExpiryRecords } from '../../../views/expiry/memory/memory-expiry-records.ts';
import { expirySuite } from '../../conformance/expiry.suite.ts';

expirySuite('expiry records in memory', async (clock) => memoryExpiryRecords(clock));
