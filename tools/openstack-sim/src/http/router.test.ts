import { describe, expect, it } from '@jest/globals';
import { Router } from './router.js';

describe('the router', () => {
  const handler = () => ({ status: 200 });
  const router = new Router()
    .add('GET', '/servers', handler)
    .add('GET', '/servers/detail', handler)
    .add('GET', '/servers/:id', handler)
    .add('PUT', '/servers/:id/tags/:tag', handler);
  const match = (method: string, path: string) => {
    const found = router.match(method, path);
    return found && [found.route.kind, found.params];
  };

  it('prefers what is fixed, and reads what is not', () => {
    expect(match('GET', '/servers/')).toEqual(['GET /servers', {}]);
    expect(match('GET', '/servers/detail')).toEqual(['GET /servers/detail', {}]);
    expect(match('GET', '/servers/1')).toEqual(['GET /servers/:id', { id: '1' }]);
    expect(match('PUT', '/servers/1/tags/ultron%3Aid=1')).toEqual([
      'PUT /servers/:id/tags/:tag',
      { id: '1', tag: 'ultron:id=1' },
    ]);
  });

  it('guesses nothing', () => {
    expect(match('GET', '/server')).toBeUndefined();
    expect(match('POST', '/servers/1')).toBeUndefined();
    expect(match('GET', '/servers/1/tags')).toBeUndefined();
    expect(match('GET', '/servers/1/2/3')).toBeUndefined();
  });
});
