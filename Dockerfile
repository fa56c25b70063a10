# The bundle is the same for every architecture: it is made on that of the machine that builds.
FROM --platform=$BUILDPLATFORM node:24-bookworm-slim AS build
WORKDIR /rockpool
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund
COPY scripts scripts
COPY src src
RUN node --import ./scripts/typescript.js scripts/build.ts

# What the bundle leaves out: the SQLite binary for this system.
FROM node:24-bookworm-slim AS libraries
WORKDIR /rockpool
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --no-audit --no-fund

FROM node:24-bookworm-slim
LABEL org.opencontainers.image.title="Rockpool" \
      org.opencontainers.image.description="Amazon Cognito user pools on your own machine" \
      org.opencontainers.image.licenses="MIT"
WORKDIR /rockpool
RUN mkdir /data /ca && chown node:node /data /ca
COPY --from=libraries /rockpool/node_modules node_modules
COPY package.json LICENSE ./
COPY fixtures fixtures
COPY --from=build /rockpool/dist dist
ENV NODE_ENV=production \
    ROCKPOOL_HOST=0.0.0.0 \
    ROCKPOOL_PORT=7665 \
    ROCKPOOL_DATA=/data
USER node
VOLUME /data
EXPOSE 7665
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --start-interval=1s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.ROCKPOOL_PORT}/_rockpool/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/rockpool/dist/cli/main.cjs"]
CMD ["start"]
