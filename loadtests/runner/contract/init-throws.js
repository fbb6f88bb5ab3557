throw new Error('nothing to load');

export default function () {}
