import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readErrorBody } from './error-body.rules.js';

const read = (body: unknown) => readErrorBody(typeof body === 'string' ? body : JSON.stringify(body), 400);

describe('the message of a failed call', () => {
  it('of Nova stands under a name that goes with the status', () => {
    const body = { badRequest: { code: 400, message: 'Invalid flavorRef provided.' } };
    expect(read(body)).toMatchObject({ code: 'badRequest', message: 'Invalid flavorRef provided.' });
  });

  it('of Neutron stands with its type and, where there is one, the detail', () => {
    const NeutronError = { type: 'PortNotFound', message: 'Port p could not be found.', detail: 'More.' };
    expect(read({ NeutronError })).toMatchObject({
      code: 'PortNotFound',
      message: 'Port p could not be found. More.',
    });
    expect(read({ NeutronError: 'just words' })).toMatchObject({ message: 'just words' });
  });

  it('of Keystone stands under "error"', () => {
    const error = { code: 401, title: 'Unauthorized', message: 'Please log in.' };
    expect(read({ error })).toMatchObject({ code: 'Unauthorized', message: 'Please log in.' });
  });

  it('of Placement is the first of a list', () => {
    const errors = [
      { status: 409, title: 'Conflict', detail: 'generation', code: 'placement.concurrent_update' },
    ];
    expect(read({ errors })).toMatchObject({ code: 'placement.concurrent_update', message: 'generation' });
  });

  it('of Glance is the text of an HTML page', () => {
    const page =
      '<html><head><title>404 Not Found</title></head><body><h1>404 Not Found</h1>No image found</body></html>';
    expect(read(page).message).toBe('404 Not Found No image found');
    expect(read('plain words').message).toBe('plain words');
  });

  it('is never empty and never endless', () => {
    expect(readErrorBody('', 502).message).toBe('HTTP 502 without a message');
    expect(read('x'.repeat(1_000_000)).message.length).toBe(2000);
  });

  it('can be read from anything', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (body) => {
        expect(readErrorBody(body, 500).message.length).toBeGreaterThan(0);
      }),
    );
  });
});
