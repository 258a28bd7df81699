import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { RequestFault } from '../problem/request.fault.js';
import { isShape } from './field.registry.js';
import { readShape, type Source } from './shape.reader.js';

/** Checks bodies and query strings against the class that the controller's parameter names. */
@Injectable()
export class ShapePipe implements PipeTransform<unknown, unknown> {
  transform(input: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if ((type !== 'body' && type !== 'query') || !isShape(metatype)) return input;
    const source: Source = type === 'query' ? 'query' : 'json';
    const { value, faults } = readShape(metatype, input ?? {}, source);
    if (faults.length === 0) return value;
    throw source === 'query' ? RequestFault.badQuery(faults) : RequestFault.badBody(faults);
  }
}
