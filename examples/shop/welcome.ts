import type { Service } from 'fulcrum/app'

const PRODUCT = 'a0000000-0000-4000-8000-000000000042'
const CUSTOMER = 'c0000000-0000-4000-8000-000000000042'

/** Says what to try. */
export const welcome: Service = {
  name: 'welcome',
  start: () => console.log(tries(`http://127.0.0.1:${process.env.PORT ?? 4000}`).join('\n')),
}

/** Commands to paste into another terminal; the ids are the demo data's. */
function tries(url: string): string[] {
  const send = (method: string, path: string, body: unknown): string =>
    `  curl -i -X ${method} ${url}${path} -H 'content-type: application/json' -H "idempotency-key: $(cat /proc/sys/kernel/random/uuid)" -d '${JSON.stringify(body)}'`
  return [
    'Try, in another terminal:',
    `  curl -i ${url}/products/${PRODUCT}`,
    send('POST', '/orders', { customerId: CUSTOMER, items: [{ productId: PRODUCT, quantity: 2 }] }),
    `  curl -i ${url}/customers/${CUSTOMER}/orders`,
    send('POST', `/accounts/${CUSTOMER}/withdrawals`, { amount: 99999999 }),
    send('PATCH', `/profiles/${CUSTOMER}`, { bio: 'Likes tea.' }),
    '  npm run traffic                # a realistic mix, with live figures',
    '  PORT=4001 npm start            # a second instance on the same data',
    '',
  ]
}
