import { Fault, type FaultOptions, type FieldFault } from '@ultron/kernel/fault';

/** A fault of the HTTP request itself, which knows its own status. */
export class RequestFault extends Fault {
  constructor(
    readonly status: number,
    options: Omit<FaultOptions, 'category'> & Partial<Pick<FaultOptions, 'category'>>,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super({ category: 'invalid', ...options });
  }

  static badBody(fields: FieldFault[]): RequestFault {
    return new RequestFault(422, { code: 'invalid_body', detail: summary('body', fields), fields });
  }

  static badQuery(fields: FieldFault[]): RequestFault {
    return new RequestFault(400, { code: 'invalid_query', detail: summary('query', fields), fields });
  }

  static badHeader(name: string, detail: string): RequestFault {
    return new RequestFault(400, { code: 'invalid_header', detail: `The header ${name} ${detail}.` });
  }

  static unauthenticated(code: string, detail: string): RequestFault {
    const challenge =
      code === 'token_missing' ? 'Bearer realm="ultron"' : 'Bearer realm="ultron", error="invalid_token"';
    return new RequestFault(
      401,
      { code, category: 'unauthenticated', detail },
      { 'www-authenticate': challenge },
    );
  }
}

function summary(part: 'body' | 'query', fields: FieldFault[]): string {
  const places = fields.map(({ pointer }) => pointer || 'the whole body').slice(0, 5);
  const more = fields.length > places.length ? ` and ${fields.length - places.length} more` : '';
  return part === 'body'
    ? `The body of the request is not as it should be at ${places.join(', ')}${more}.`
    : `The query of the request is not as it should be at ${places.join(', ')}${more}.`;
}
