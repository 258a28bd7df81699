const REQUEST_ID = /^[\w.:/+=@-]{1,128}$/;

/** The caller's `X-Request-Id` when it is harmless in logs and headers; otherwise we make our own. */
export const acceptableRequestId = (header: string | string[] | undefined): string | undefined =>
  typeof header === 'string' && REQUEST_ID.test(header) ? header : undefined;
