export function setup() {
  throw new Error('no token');
}

export default function () {}

export function teardown() {
  console.log('never torn down');
}
