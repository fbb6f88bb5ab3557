export const options = { scenarios: { a: { executor: 'per-vu-iterations', exec: 'elsewhere' } } };

export default function () {}
