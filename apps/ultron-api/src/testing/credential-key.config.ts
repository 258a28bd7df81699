import { randomBytes } from 'node:crypto';

/** Tests seal credentials with a key of their own. */
export function useTestCredentialKey(): void {
  process.env['ULTRON_CREDENTIAL_KEY'] ??= randomBytes(32).toString('base64');
}
