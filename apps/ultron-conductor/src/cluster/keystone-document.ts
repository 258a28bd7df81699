const PATIENCE_MS = 5_000;

/**
 * Whether a Keystone v3 describes itself at the address, which it does to anybody. Services behind Keystone's own
 * middleware refuse a login with the very words of Keystone; this tells them apart.
 */
export async function isKeystone(authUrl: string): Promise<boolean> {
  const url = `${authUrl.replace(/\/+$/, '').replace(/\/v3$/, '')}/v3`;
  try {
    const answer = await fetch(url, {
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return describesKeystone(await answer.json());
  } catch {
    return false;
  }
}

function describesKeystone(document: unknown): boolean {
  if (typeof document !== 'object' || document === null || !('version' in document)) return false;
  const { version } = document;
  if (typeof version !== 'object' || version === null || !('id' in version)) return false;
  return typeof version.id === 'string' && /^v3\b/.test(version.id);
}
