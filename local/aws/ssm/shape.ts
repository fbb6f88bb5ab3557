import type { WireDocument } from '../wire.ts';
import type { Parameter } from './parameters.ts';

export const parameterShape = (parameter: Parameter): WireDocument => ({
  Name: parameter.name,
  Type: parameter.type,
  Value: parameter.value,
  Version: parameter.version,
  LastModifiedDate: new Date(parameter.lastModifiedMs),
  ARN: parameter.arn,
  DataType: 'text',
});
