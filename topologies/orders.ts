// Orders: submitted, decided on the home partition, their other lines reserved in those lines' own partitions.
import { acceptOrder } from '../processors/accept-order.ts';
import { cancelOrder } from '../processors/cancel-order.ts';
import { expireHolds } from '../processors/expire-holds.ts';
import { reserveStock } from '../processors/reserve-stock.ts';
import { settleOrder } from '../processors/settle-order.ts';
import type { Stores } from '../schemas/stores.ts';
import type { Topics } from '../schemas/topics.ts';
import type { TopologyBuilder } from '../streams/topology.ts';

export const orders = (stores: Stores, topics: Topics) => (builder: TopologyBuilder) => {
  const holding = {
    stores: { stock: stores.stock, purchases: stores.purchases },
    outputs: { stockLevels: topics.stockLevels },
  };
  const order = {
    stores: { ...holding.stores, orders: stores.orders },
    outputs: { ...holding.outputs, orderEvents: topics.orderEvents, reservations: topics.reservations },
    timers: { 'hold-expiry': 'hold-expiry' },
  };
  const reservation = {
    stores: { ...holding.stores, holds: stores.holds },
    outputs: { ...holding.outputs, reservationReplies: topics.reservationReplies },
    timers: {},
  };

  builder
    .source(topics.orders, acceptOrder, order)
    .source(topics.orderCommands, cancelOrder, order)
    .source(topics.reservations, reserveStock, reservation)
    .source(topics.reservationReplies, settleOrder, order)
    .timer('hold-expiry', expireHolds, order)
    .feedback(topics.reservationReplies, 'an answer leads at most to releases, and a release is not answered');
};
