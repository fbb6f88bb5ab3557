/** A header's media type without its parameters, in lower case; undefined where it names none. */
export const mediaTypeOf = (header: string | undefined): string | undefined =>
  header?.split(';')[0]?.trim().toLowerCase() || undefined;

/** Whether a media type, whatever its parameters, is one of those that an API treats as binary. */
export function isBinary(binaryMediaTypes: readonly string[], mediaType: string | undefined): boolean {
  if (binaryMediaTypes.length === 0) return false;
  const type = mediaTypeOf(mediaType) ?? '';
  return binaryMediaTypes.some((binary) => {
    const wanted = binary.toLowerCase();
    return (
      wanted === '*/*' || wanted === type || (wanted.endsWith('/*') && type.startsWith(wanted.slice(0, -1)))
    );
  });
}

/** Whether a client wants a binary answer: API Gateway looks at the first type of its `Accept` alone. */
export const wantsBinary = (binaryMediaTypes: readonly string[], accept: string | undefined): boolean =>
  isBinary(binaryMediaTypes, accept?.split(',')[0]);
