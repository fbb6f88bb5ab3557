/** What a caller of the API is told by name, beside what every service tells. */
export const apiErrors = {
  clientIdInvalid: { status: 400, title: 'Invalid client id' },
  clientNotFound: { status: 404, title: 'No such client' },
  clientAmbiguous: { status: 500, title: 'Ambiguous client' },
} as const;
