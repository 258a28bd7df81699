import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { Fault } from '@ultron/kernel/fault';
import type { Log } from '@ultron/platform/logging/logger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RouteTable } from '../route.table.js';
import { faultFrom } from './fault.from.js';
import { problemOf } from './problem.js';
import { RequestFault } from './request.fault.js';
import '../edge.request.js';

/** Answers with a problem document, whatever was thrown. Bugs are logged with their stack and told nobody. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly log: Log,
    private readonly routes: RouteTable,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const fault = this.orWrongMethod(faultFrom(thrown), request);
    if (fault.category === 'bug') this.log.error('a request met a bug', { error: fault.cause ?? fault });
    else if (fault.category === 'unavailable')
      this.log.warn(fault.message, { code: fault.code, cause: String(fault.cause) });
    if (reply.sent) return;
    const { status, headers, document } = problemOf(fault, request.trace?.traceId);
    request.faultCode = fault.code;
    void reply.code(status).headers(headers).send(document);
  }

  private orWrongMethod(fault: Fault, request: FastifyRequest): Fault {
    if (fault.code !== 'route_not_found') return fault;
    const methods = this.routes.methodsOf(request.url.split('?', 1)[0] ?? '');
    if (methods.length === 0) {
      return new RequestFault(404, {
        code: 'route_not_found',
        category: 'not_found',
        detail: 'There is nothing at this address; /docs shows what there is.',
      });
    }
    const allow = methods.join(', ');
    const detail = `This address does not take ${request.method}; it takes ${allow}.`;
    return new RequestFault(405, { code: 'method_not_allowed', detail }, { allow });
  }
}
