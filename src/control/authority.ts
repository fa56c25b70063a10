import type { FastifyInstance } from 'fastify'

/** `/_rockpool/ca.pem`: the certificate that a client has to trust before it comes by https. It is no secret. */
export function authorityCertificate(app: FastifyInstance, certificate: () => Promise<string>): void {
  app.get('/_rockpool/ca.pem', { config: { tellsNothing: true } }, async (_request, reply) =>
    reply
      .headers({
        'content-type': 'application/x-x509-ca-cert',
        'content-disposition': 'attachment; filename="rockpool-ca.pem"',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      })
      .send(await certificate()),
  )
}
