/** `on`, `off` or `auto`: whether CI runs the suite on the lab. */
export const labMode = (env: NodeJS.ProcessEnv = process.env): string => env['ULTRON_LAB'] || 'auto';
