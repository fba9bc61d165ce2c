// The task's state machine: every pair of states is tried.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AssertionError } from '../../base/assert.ts';
import { StreamTask, type TaskStateName, taskStates, taskTransitions } from '../../streams/task.ts';
import { toyTopology } from './toys.ts';

/** The shortest way to each state. */
const ways: { readonly [State in TaskStateName]: readonly TaskStateName[] } = {
  created: [],
  restoring: ['restoring'],
  running: ['restoring', 'running'],
  closed: ['closed'],
};

test('each legal transition works, each other asserts and changes nothing', () => {
  let legal = 0;
  for (const from of taskStates) {
    for (const to of taskStates) {
      const task = new StreamTask(toyTopology(), 0, 'test');
      for (const step of ways[from]) task.moveTo(step);
      if (taskTransitions[from].includes(to)) {
        task.moveTo(to);
        assert.equal(task.state, to);
        legal++;
      } else {
        assert.throws(() => task.moveTo(to), AssertionError);
        assert.equal(task.state, from);
      }
    }
  }
  assert.equal(legal, 5);
});

test('the drawing in the docstring shows each transition of the table', () => {
  assert.deepEqual(taskTransitions, {
    created: ['restoring', 'closed'],
    restoring: ['running', 'closed'],
    running: ['closed'],
    closed: [],
  });
});
