// Ends with 0 if the process of this container answers that it is ready.
const answered = await fetch(process.env.HEALTHCHECK_URL, { signal: AbortSignal.timeout(2500) }).catch(
  () => null,
);
process.exit(answered?.ok ? 0 : 1);
