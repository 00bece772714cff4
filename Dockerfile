# One file for all services; each is a target: mixnet, nym-client, backend, frontend.
# Compiled in the full image, run in the slim one, as the user `node` (uid 1000), with nothing but what the service needs.

FROM node:22-bookworm AS manifests
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY shared/package.json shared/
COPY mixnet/package.json mixnet/
COPY nym-client/package.json nym-client/
COPY backend/package.json backend/
COPY frontend/package.json frontend/
COPY scripts/package.json scripts/
COPY e2e/package.json e2e/

# TypeScript and the page. No native addon is needed for that, so none is compiled.
FROM manifests AS build
RUN npm ci --ignore-scripts
COPY . .
RUN node_modules/.bin/tsc -b shared/tsconfig.src.json mixnet/tsconfig.src.json \
      nym-client/tsconfig.src.json backend/tsconfig.src.json frontend/tsconfig.server.json \
    && node frontend/build.mjs

FROM manifests AS mixnet-modules
RUN npm ci --omit=dev --workspace mixnet

FROM manifests AS nym-client-modules
RUN npm ci --omit=dev --workspace nym-client

FROM manifests AS backend-modules
RUN npm ci --omit=dev --workspace backend

FROM manifests AS frontend-modules
RUN npm ci --omit=dev --workspace frontend

FROM node:22-bookworm-slim AS runtime
ENV NODE_ENV=production
WORKDIR /app
# Volumes take over the owner of the folder that they cover.
RUN mkdir -p /data /run/pastenym && chown node:node /data /run/pastenym
USER node

FROM runtime AS mixnet
COPY --from=mixnet-modules /app/node_modules node_modules
COPY --from=build /app/mixnet/package.json mixnet/
COPY --from=build /app/mixnet/dist mixnet/dist
ENTRYPOINT ["node", "mixnet/dist/main.js"]

FROM runtime AS nym-client
COPY --from=nym-client-modules /app/node_modules node_modules
COPY --from=build /app/shared/package.json shared/
COPY --from=build /app/shared/dist shared/dist
COPY --from=build /app/nym-client/package.json nym-client/
COPY --from=build /app/nym-client/dist nym-client/dist
ENTRYPOINT ["node", "nym-client/dist/main.js"]

FROM runtime AS backend
COPY --from=backend-modules /app/node_modules node_modules
COPY --from=build /app/shared/package.json shared/
COPY --from=build /app/shared/dist shared/dist
COPY --from=build /app/nym-client/package.json nym-client/
COPY --from=build /app/nym-client/dist nym-client/dist
COPY --from=build /app/backend/package.json backend/
COPY --from=build /app/backend/dist backend/dist
# Less memory for what lives for milliseconds: scripts/src/backend-node-flags.ts.
ENTRYPOINT ["node", "--max-semi-space-size=4", "backend/dist/main.js"]

FROM runtime AS frontend
COPY --from=frontend-modules /app/node_modules node_modules
COPY --from=build /app/shared/package.json shared/
COPY --from=build /app/shared/dist shared/dist
COPY --from=build /app/frontend/package.json frontend/
COPY --from=build /app/frontend/dist frontend/dist
ENTRYPOINT ["node", "frontend/dist/server/main.js"]
