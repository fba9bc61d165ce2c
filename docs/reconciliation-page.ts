// What reconciliation compares, as a page: the table comes from the list of checks, the words around it stand here.
import { checkList } from '../processors/reconcile/finding.ts';

export function reconciliationPage(): string {
  const rows = Object.entries(checkList).map(([check, { compares, tolerance }]) => {
    return `| \`${check}\` | ${compares} | ${tolerance} |`;
  });
  return `
Everything that Stockstream knows, it knows twice: a stock and the changes that made it, an order and its steps, a
document and its topic, a payment and the provider's books. Reconciliation holds the two against each other, all the time
(\`--reconcile-every\` seconds, \`0\` for never) and on command:

\`\`\`
npx stockstream reconcile            # everything that the log has; ends with 1 if something is wrong, 2 if it could not look
npx stockstream reconcile --recent   # all state, and the end of each topic, as it does by itself
npx stockstream reconcile --repair --reason 'why'
npx stockstream audit                # what was set right, by whom and why
\`\`\`

It works while the shop runs, and on a shop that is stopped. Operators have the same under \`/v1/admin/reconciliation\`
and \`/v1/admin/audit\`; \`reconciliation_findings\` tells Prometheus. It changes nothing unless it is asked to.

## What is compared

| check | compares | what may differ for a moment |
| --- | --- | --- |
${rows.join('\n')}

## Why a busy shop gives no false alarm

- A task's state is read in one snapshot, which stands at one commit. What belongs together within a task is right in
  every snapshot, or it is wrong.
- A task's time never goes back, and everything that it says carries its time. So the log is compared up to the time of the
  snapshot's commit: what was said before is in it, what came after isn't. What was said in the very same millisecond is
  not judged.
- Between tasks, and with the payment provider, questions and answers are on their way. Both sides are looked at twice; in
  between, all that stood in any input at the first look has been taken. What is wrong in the same way both times, with
  neither side changed, is wrong for good.
- A document says at which position of its topic it stands. It is held against the fold of its topic up to just there.

What moves too much to be compared counts as unsettled; what can't be looked at is told as a note.

## What is set right, and how

Never by writing into a worker's state from outside, and never in silence: each repair is an entry of the topic \`audit\`,
with who asked, why, what was and what is.

| repair | how |
| --- | --- |
| \`correct-stock\` | a command in the topic \`repairs\`; the task that owns the product applies it if its stock hasn't changed since it was looked at, and tells the level anew |
| \`release-hold\` | the release that the order's task would send |
| \`cancel-order\` | the order's cancellation, as expired |
| \`submit-again\` | the order's own record again: taken twice, it has the effect of once |
| \`rewrite-document\` | the document is written from the fold of its topic, at the position of the last record |
| \`capture-payment\`, \`void-payment\`, \`refund-payment\` | the question to the provider again, under an id of its own, so that it is done once |

A refused repair changed nothing: look again, and repair what is found then. What has no repair needs a person; the
finding says what was expected and what was found.

## What it doesn't see

- Units in excess that count against a limit a customer: what a limit counts is remembered longer than the orders that
  it counts.
- Stock changes older than the topic \`stock-events\` keeps: a partition whose beginning is gone isn't added up.
- A payment of which nobody told: the provider's books are asked for what changed in the last two days, all of them with
  \`reconcile\` alone.
`;
}
