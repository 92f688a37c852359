import { isObject, type JsonResponse } from '../../http/index.js';
import { unknownShape } from './envelope.js';

/** The scopes in what Clever says of a token. @throws DecodeError where there are none */
export function readScopes(response: JsonResponse): readonly string[] {
  const scopes: unknown = isObject(response.body) ? response.body['scopes'] : undefined;
  if (!Array.isArray(scopes)) throw unknownShape(response, ['scopes: no list']);
  return scopes.filter((scope) => typeof scope === 'string');
}
