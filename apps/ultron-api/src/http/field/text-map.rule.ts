import {
  ValidatorConstraint,
  type ValidationArguments,
  type ValidatorConstraintInterface,
} from 'class-validator';

export interface TextMapLimits {
  maxEntries?: number;
  maxKey?: number;
  maxValue?: number;
}

function isTextMap(value: unknown, limits: Required<TextMapLimits>): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return (
    entries.length <= limits.maxEntries &&
    entries.every(
      ([key, text]) =>
        key.length > 0 &&
        key.length <= limits.maxKey &&
        typeof text === 'string' &&
        text.length <= limits.maxValue,
    )
  );
}

@ValidatorConstraint({ name: 'textMap' })
export class TextMapRule implements ValidatorConstraintInterface {
  validate(value: unknown, validation: ValidationArguments): boolean {
    const limits = validation.constraints[0] as Required<TextMapLimits>;
    return isTextMap(value, limits);
  }
}
