// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { eventually } from '../../installation/eventually.ts';
import { ChannelForward } from '../../port-forward/channel-forward.ts';
import type { Field } from '../field.ts';
import { FRONTED } from '../front.ts';
import { CLOSED_PORT, OF_FRONTED } from '../fronted-policies.ts';
import { type Try, triesOf } from '../try.ts';

const OPEN_PORT = 8080;
const OTHER_PORT = 9090;
const WITHIN_MS = 1_000;
/** What does not end by then goes on. Policies are in force within two seconds, on a busy machine later. */
const GIVE_UP_MS = 15_000;
/** In this protocol each channel begins with its port. */
const PORT_BYTES = 2;

/** Asks for a port-forward in the oldest protocol, whose ports all stand in the query. */
async function open({ site }: Field, ...ports: readonly number[]): Promise<ChannelForward> {
  const query = ports.map((port) => `ports=${port}`).join('&');
  const url = `${site.data}/clusters/${FRONTED}/api/v1/namespaces/demo/pods/ports/portforward?${query}`;
  return ChannelForward.open({ url, caFile: site.caFile, token: await site.token('shell') });
}

/** Says something to a port, and waits until that comes back. */
async function talk(forward: ChannelForward, index: number, word: string): Promise<void> {
  const before = Math.max(forward.received(2 * index).length, PORT_BYTES);
  forward.write(index, Buffer.from(word));
  const received = await forward.take(2 * index, before + word.length);
  assert.equal(received.subarray(before).toString(), word);
}

/** What is said of a port in place of its data. */
async function problem(forward: ChannelForward, index: number): Promise<string> {
  const received = await forward.take(2 * index + 1, PORT_BYTES + 1);
  return received.subarray(PORT_BYTES).toString();
}

const readings = triesOf(16, {
  'ports of one port-forward, of which the last is forbidden': async (field) => {
    const { containers } = field.front;
    const before = containers.ports.length;
    const forward = await open(field, OPEN_PORT, CLOSED_PORT);
    try {
      await talk(forward, 0, 'heard');
      forward.write(1, Buffer.from('unheard'));
      const opened = () => containers.ports.slice(before).includes(CLOSED_PORT);
      await eventually('something is said of the port', () => forward.received(3).length > PORT_BYTES || opened());
      assert.ok(!opened(), 'the container heard of it');
      assert.match(await problem(forward, 1), /Any port but that one/);
      assert.deepEqual(containers.ports.slice(before), [OPEN_PORT]);
    } finally {
      forward.destroy();
    }
  },
});

const revocation = triesOf(25, {
  'a port that policy closes, beside one that stays': async (field) => {
    const forward = await open(field, OPEN_PORT, OTHER_PORT);
    try {
      for (const index of [0, 1]) await talk(forward, index, 'heard');
      await field.site.writePolicies(FRONTED, OF_FRONTED.replace(String(CLOSED_PORT), String(OTHER_PORT)));
      const timer = setTimeout(() => forward.destroy(), GIVE_UP_MS);
      await Promise.race([problem(forward, 1), forward.ended]);
      clearTimeout(timer);
      assert.match(forward.received(3).toString('latin1'), /Any port but that one/);
      await talk(forward, 0, 'still');
    } finally {
      forward.destroy();
      await field.site.writePolicies(FRONTED, OF_FRONTED);
    }
  },
  'a port-forward whose agent is locked': async (field) => {
    const forward = await open(field, OPEN_PORT);
    await talk(forward, 0, 'heard');
    const locked = await field.askControl('POST', '/locks', { body: { kind: 'agent', target: 'shell' } });
    assert.equal(locked.status, 201, locked.text);
    try {
      const timer = setTimeout(() => forward.destroy(), GIVE_UP_MS);
      await Promise.race([problem(forward, 0), forward.ended]);
      assert.match(forward.received(1).toString('latin1'), /a lock is on this agent/);
      forward.write(0, Buffer.from('unheard'));
      await forward.ended;
      clearTimeout(timer);
      const took = (await field.timeOf({ end: forward.id })) - (await field.timeOf('lock'));
      assert.ok(took < WITHIN_MS, `${took} ms`);
      assert.doesNotMatch(forward.received(0).toString('latin1'), /unheard/);
    } finally {
      forward.destroy();
      await field.askControl('DELETE', '/locks/agent/shell');
    }
  },
});

export const portTries: readonly Try[] = [...readings, ...revocation];
