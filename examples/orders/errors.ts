/** What a caller of the API is told by name, beside what every service tells. */
export const apiErrors = {
  orderIdInvalid: { status: 400, title: 'Invalid order id' },
  orderInvalid: { status: 400, title: 'Invalid order' },
  orderNotFound: { status: 404, title: 'No such order' },
  orderAmbiguous: { status: 500, title: 'Ambiguous order' },
} as const;
