export const options = { scenarios: { a: { executor: 'constant-vus', vus: 1, duration: 'soon' } } };

export default function () {}
