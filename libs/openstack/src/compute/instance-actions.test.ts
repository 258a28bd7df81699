import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cloudOf } from '../testing/clouds.js';
import { FakeOpenStack } from '../testing/fake-openstack.js';
import { failureOf, type InstanceAction } from './instance-actions.js';

const ACTION: InstanceAction = {
  action: 'resize',
  instance_uuid: 's1',
  request_id: 'req-1',
  project_id: 'p1',
  user_id: 'u1',
  start_time: '2026-01-01T00:00:00.000000',
  message: 'Error',
};

const event = (changes: object) => ({
  event: 'cold_migrate',
  start_time: '2026-01-01T00:00:00.000000',
  finish_time: '2026-01-01T00:00:01.000000',
  result: 'Error' as const,
  ...changes,
});

describe('why an action failed although the server looks well', () => {
  it('is told in words by the failed event (2.84)', () => {
    const events = [event({ result: 'Success' }), event({ details: 'No valid host was found.' })];
    expect(failureOf({ ...ACTION, events })).toBe('No valid host was found.');
  });

  it('is no line of the traceback, which lacks the exception', () => {
    const traceback = '  File "amqpdriver.py", line 681, in _send\n    raise result\n';
    expect(failureOf({ ...ACTION, events: [event({ traceback })] })).toBe('cold_migrate failed');
  });

  it('is at least the name of the event (2.51), or that there was an error', () => {
    expect(failureOf({ ...ACTION, events: [event({})] })).toBe('cold_migrate failed');
    expect(failureOf(ACTION)).toBe('Error');
  });

  it('is nothing when nothing failed', () => {
    expect(failureOf({ ...ACTION, message: null, events: [event({ result: 'Success' })] })).toBeNull();
  });
});

describe('instance actions', () => {
  let fake: FakeOpenStack;
  beforeEach(async () => {
    fake = await FakeOpenStack.start();
  });
  afterEach(() => fake.close());

  it('are found by the request id of the call that began them', async () => {
    fake.on('GET /compute/v2.1/servers/s1/os-instance-actions/req-1', () => ({
      body: { instanceAction: ACTION },
    }));
    const { instanceActions } = cloudOf(fake).compute;
    expect(await instanceActions.find('s1', 'req-1')).toEqual(ACTION);
    expect(await instanceActions.find('s1', 'req-2')).toBeNull();
  });

  it('are asked for at the version that shows reasons, as far as the cluster has it', async () => {
    const call = 'GET /compute/v2.1/servers/s1/os-instance-actions';
    fake.on(call, () => ({ body: { instanceActions: [ACTION] } }));
    await cloudOf(fake).compute.instanceActions.list('s1').all();
    fake.novaRange = { min: '2.1', max: '2.60' };
    await cloudOf(fake).compute.instanceActions.list('s1').all();
    const versions = fake.received(call).map(({ headers }) => headers['openstack-api-version']);
    expect(versions).toEqual(['compute 2.84', 'compute 2.60']);
  });
});
