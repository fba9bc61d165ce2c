// Shards the documents by their ids. Run it with mongosh against a router, on the database of a set of views:
//
//   mongosh mongodb://<router>:27017/stockstream ops/mongo/shard.js      and stockstream_g2, before a second set is begun
//
// It may run again, before the first start as well as on collections that are full already: what is sharded stays as it
// is. docs/decisions/0007-mongodb.md says why by the id.
const collections = [
  'orders',
  'products',
  'productTypes',
  'stock',
  'users',
  'outbox',
  'stockChanges',
  'catalogChanges',
  'imports',
  'feeds',
  'feedRuns',
  'importTallies',
  'network',
  'zeroResults',
  'reviews',
  'ratings',
];
const key = { _id: 'hashed' };

if (db.hello().msg !== 'isdbgrid') {
  throw new Error('this is no router: connect to a mongos. A replica set alone needs no shards.');
}
for (const name of collections) {
  const namespace = `${db.getName()}.${name}`;
  const known = db.getSiblingDB('config').collections.findOne({ _id: namespace });
  if (known) {
    print(`${namespace}: sharded already, by ${JSON.stringify(known.key)}`);
    continue;
  }
  // A collection that isn't empty needs the index first.
  db.getCollection(name).createIndex(key);
  sh.shardCollection(namespace, key);
  print(`${namespace}: sharded by ${JSON.stringify(key)}`);
}
