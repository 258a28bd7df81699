import { Cloud } from '../cloud.js';
import type { CloudOptions } from '../cloud.options.js';
import { OpenStackError } from '../error/openstack-error.js';
import type { FakeOpenStack } from './fake-openstack.js';

/** A cloud that logs in to the fake, with pauses too short to notice. */
export function cloudOf(fake: FakeOpenStack, options: Partial<CloudOptions> = {}): Cloud {
  return new Cloud({
    cluster: 'c1',
    auth: {
      url: `${fake.url}/identity`,
      password: { username: 'demo', password: 'secret', projectName: 'demo' },
    },
    ...options,
  });
}

/** The error with which the call fails; a success is a failure of the test. */
export async function errorOf(call: Promise<unknown>): Promise<OpenStackError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof OpenStackError) return error;
    throw error;
  }
  throw new Error('The call was expected to fail');
}
