export default function () {}

throw new Error('nothing to load');
