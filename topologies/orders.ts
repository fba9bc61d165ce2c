// Orders: submitted, decided on the home partition, their other lines reserved in those lines' own partitions.
import { acceptOrder } from '../processors/accept-order.ts';
import { applyOrderCommand } from '../processors/apply-order-command.ts';
import { applyPaymentResult } from '../processors/apply-payment-result.ts';
import { applyRiskVerdict } from '../processors/apply-risk-verdict.ts';
import { applyShipmentUpdate } from '../processors/apply-shipment-update.ts';
import { assessRisk } from '../processors/assess-risk.ts';
import { expireHolds } from '../processors/expire-holds.ts';
import { reserveStock } from '../processors/reserve-stock.ts';
import { retryPayment } from '../processors/retry-payment.ts';
import { settleOrder } from '../processors/settle-order.ts';
import type { Stores } from '../schemas/stores.ts';
import type { Topics } from '../schemas/topics.ts';
import type { TopologyBuilder } from '../streams/topology.ts';

export const orders = (stores: Stores, topics: Topics) => (builder: TopologyBuilder) => {
  const holding = {
    stores: { stock: stores.stock, purchases: stores.purchases },
    outputs: { stockLevels: topics.stockLevels },
  };
  const risky = { stores: { recentPayments: stores.recentPayments } };
  const order = {
    stores: { ...holding.stores, ...risky.stores, holds: stores.holds, orders: stores.orders },
    outputs: {
      ...holding.outputs,
      orderEvents: topics.orderEvents,
      reservations: topics.reservations,
      riskChecks: topics.riskChecks,
      paymentRequests: topics.paymentRequests,
      shipmentRequests: topics.shipmentRequests,
      notifications: topics.notifications,
    },
    timers: { 'hold-expiry': 'hold-expiry', 'payment-retry': 'payment-retry' },
  };
  const reservation = {
    stores: { ...holding.stores, holds: stores.holds },
    outputs: { ...holding.outputs, reservationReplies: topics.reservationReplies },
    timers: {},
  };
  const risk = {
    ...risky,
    outputs: { riskChecks: topics.riskChecks, riskVerdicts: topics.riskVerdicts },
    timers: {},
  };

  builder
    .source(topics.orders, acceptOrder, order)
    .source(topics.orderCommands, applyOrderCommand, order)
    .source(topics.reservations, reserveStock, reservation)
    .source(topics.reservationReplies, settleOrder, order)
    .source(topics.riskChecks, assessRisk, risk)
    .source(topics.riskVerdicts, applyRiskVerdict, order)
    .source(topics.paymentResults, applyPaymentResult, order)
    .source(topics.shipmentUpdates, applyShipmentUpdate, order)
    .timer('hold-expiry', expireHolds, order)
    .timer('payment-retry', retryPayment, order)
    .feedback(topics.reservationReplies, 'an answer leads at most to releases, and a release is not answered')
    .answered(topics.paymentRequests)
    .feedback(topics.riskChecks, 'a check of a customer leads to one of a token, and that to a verdict');
};
