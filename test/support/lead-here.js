// Preloaded into a program that knows nothing of it, for test/addresses.test.ts: names of AWS lead to the port LEADS_TO
// of this machine, as a name server and a published port would have it. Nothing else of the program is touched.
import net from 'node:net'
import process from 'node:process'

const port = Number(process.env.LEADS_TO)
const connect = net.Socket.prototype.connect
net.Socket.prototype.connect = function (...args) {
  const options = Array.isArray(args[0]) ? args[0][0] : args[0]
  if (/\.(amazonaws|amazoncognito)\.com$/.test(options?.host ?? '') && Number(options.port) === 443)
    Object.assign(options, { host: '127.0.0.1', port })
  return Reflect.apply(connect, this, args)
}
