// A process with one instance that is killed at a named point of its first withdrawal. Arguments: the URL of the database, the point.
import { postgres } from 'fulcrum/postgres'
import { crashing } from '../../support/crashing-store.ts'
import { walletApp } from './wallet-app.ts'

const [url = '', point = ''] = process.argv.slice(2)

const store = crashing(postgres({ url }), { operation: 'wallets.withdrawAndWait', point })
const app = await walletApp({ store })
process.send?.(app.url)
