import { Injectable, Param, type PipeTransform } from '@nestjs/common';
import { Fault } from '@ultron/kernel/fault';
import { isId } from '@ultron/kernel/id';

@Injectable()
class PathIdPipe implements PipeTransform<unknown, string> {
  transform(text: unknown): string {
    if (typeof text === 'string' && isId(text)) return text;
    throw new Fault({
      code: 'not_found',
      category: 'not_found',
      detail: 'There is no such thing: ids are lower-case UUIDs.',
    });
  }
}

/** The id in the path; what is no id names nothing, so it is not found. */
export const PathId = (name = 'id'): ParameterDecorator => Param(name, PathIdPipe);
