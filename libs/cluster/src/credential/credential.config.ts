import { readFileSync } from 'node:fs';
import { parseCredentialKeys } from './credential.rules.js';

/**
 * The keys of ULTRON_CREDENTIAL_KEY, or of the file that ULTRON_CREDENTIAL_KEY_FILE names.
 * @throws Error that tells how to make one when there is none.
 */
export function credentialKeys(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Buffer[] {
  const file = environment['ULTRON_CREDENTIAL_KEY_FILE'];
  return parseCredentialKeys(
    file ? readFileSync(file, 'utf8') : (environment['ULTRON_CREDENTIAL_KEY'] ?? ''),
  );
}
