/**
 * Reads the value of ULTRON_CREDENTIAL_KEY: one or more keys of 32 bytes in base64, separated by commas. The first
 * one seals; the others only open what was sealed before the keys were changed.
 */
export function parseCredentialKeys(value: string): Buffer[] {
  const keys = value
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) => Buffer.from(text, 'base64'));
  if (keys.length === 0 || keys.some((key) => key.length !== 32)) {
    throw new Error(
      'ULTRON_CREDENTIAL_KEY must be 32 random bytes in base64 (openssl rand -base64 32), or several separated by commas',
    );
  }
  return keys;
}
