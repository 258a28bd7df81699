import { describe, expect, it } from '@jest/globals';
import { Fault } from '@ultron/kernel/fault';
import { credentialOf } from './cluster-credential.rules.js';

function pointersOf(body: Parameters<typeof credentialOf>[0]): string[] {
  try {
    credentialOf(body);
  } catch (error) {
    if (error instanceof Fault) return error.fields.map((field) => field.pointer);
    throw error;
  }
  return [];
}

describe('credentialOf', () => {
  it('reads a user with the default domains', () => {
    expect(credentialOf({ username: 'u', password: 'p', project_name: 'x' })).toEqual({
      kind: 'password',
      username: 'u',
      password: 'p',
      projectName: 'x',
      userDomainName: 'Default',
      projectDomainName: 'Default',
    });
  });

  it('reads an application credential', () => {
    const body = { application_credential_id: 'i', application_credential_secret: 's' };
    expect(credentialOf(body)).toEqual({ kind: 'application_credential', id: 'i', secret: 's' });
  });

  it('names all that is missing or too much, and no secret', () => {
    expect(pointersOf({ username: 'u' })).toEqual(['/credential/password', '/credential/project_name']);
    expect(pointersOf({ application_credential_id: 'i', password: 'secret' })).toEqual([
      '/credential/password',
      '/credential/application_credential_secret',
    ]);
    expect(() => credentialOf({ password: 'hunter2' })).not.toThrow('hunter2');
  });
});
