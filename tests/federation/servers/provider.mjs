// A certified OpenID Connect provider (npm oidc-provider) on loopback, with a login page of two fields and a way to lie.
// Environment: PORT, MODULES (folder of node_modules), BASES (the portal's addresses, separated by spaces).
// POST /_control with JSON changes what it does next: see `control` below. POST /_rotate replaces its keys.
import http from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const modules = process.env.MODULES;
const load = (path) => import(pathToFileURL(join(modules, path)));
const { Provider } = await load('oidc-provider/lib/index.js');
const jose = await load('jose/dist/webapi/index.js');

const port = Number(process.env.PORT);
const issuer = `http://127.0.0.1:${port}`;
const bases = process.env.BASES.split(' ');
const names = ['given_name', 'family_name', 'usual_name', 'email'];

const control = {
  people: {}, // login → claims
  acr: 'eidas1',
  amr: ['pwd'],
  lies: { id_token: null, userinfo: null }, // {claims, header, sign: own | stranger | old | none | secret}
  delay: 0, // milliseconds before the token endpoint answers
  raw: null, // {status, type, body} of the token endpoint, instead of its own
  redirect: null, // where the token endpoint redirects to
};
const blank = JSON.stringify(control);

async function newKey() {
  const { privateKey } = await jose.generateKeyPair('ES256', { extractable: true });
  const jwk = await jose.exportJWK(privateKey);
  return { ...jwk, kid: await jose.calculateJwkThumbprint(jwk), alg: 'ES256', use: 'sig' };
}

let key = await newKey();
let old = key;
let current = make();

function client(id, more) {
  return {
    client_id: id,
    client_secret: `the secret of ${id}, of forty characters..`,
    redirect_uris: bases.flatMap((base) => [`${base}/connexion/retour/${id}`]),
    post_logout_redirect_uris: bases.map((base) => `${base}/connexion/fin`),
    response_types: ['code'],
    grant_types: ['authorization_code'],
    token_endpoint_auth_method: 'client_secret_post',
    id_token_signed_response_alg: 'ES256',
    ...more,
  };
}

function make() {
  const provider = new Provider(issuer, {
    clients: [
      client('edu'), // JSON userinfo, PKCE required
      client('franceconnect', { userinfo_signed_response_alg: 'ES256' }),
      client('proconnect', { userinfo_signed_response_alg: 'ES256', token_endpoint_auth_method: 'client_secret_basic' }),
    ],
    jwks: { keys: [key] },
    cookies: { keys: ['a key for the cookies of the tests'] },
    scopes: ['openid', ...names],
    claims: { openid: ['sub'], acr: null, amr: null, ...Object.fromEntries(names.map((name) => [name, [name]])) },
    acrValues: ['eidas1', 'eidas2'],
    pkce: { required: (_ctx, { clientId }) => clientId === 'edu' },
    ttl: { IdToken: 120, AuthorizationCode: 30, AccessToken: 60, Session: 600, Grant: 600, Interaction: 600 },
    features: {
      devInteractions: { enabled: false },
      claimsParameter: { enabled: true },
      jwtUserinfo: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => {
          ctx.body = page(`<h1>Fin de session</h1>${form}<button form="op.logoutForm" name="logout" value="yes">Oui</button>`);
        },
      },
    },
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub, ...control.people[sub] }) }),
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    async loadExistingGrant(ctx) {
      const { client: { clientId }, session: { accountId } } = ctx.oidc;
      const grant = new ctx.oidc.provider.Grant({ clientId, accountId });
      grant.addOIDCScope(ctx.oidc.params.scope);
      grant.addOIDCClaims(['acr', 'amr']);
      await grant.save();
      return grant;
    },
  });
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.path === '/token') await disturb(ctx);
    if (ctx.path === '/me' && control.lies.userinfo) ctx.body = await forge(ctx.body, control.lies.userinfo);
  });
  return provider;
}

async function disturb(ctx) {
  await new Promise((done) => { setTimeout(done, control.delay); });
  if (control.lies.id_token) ctx.body.id_token = await forge(ctx.body.id_token, control.lies.id_token);
  if (control.raw) {
    ctx.status = control.raw.status;
    ctx.type = control.raw.type;
    ctx.body = control.raw.body;
  }
  if (control.redirect) {
    ctx.status = 302;
    ctx.set('Location', control.redirect);
  }
}

async function forge(token, { claims, header, sign = 'own' }) {
  const told = typeof token === 'string' ? jose.decodeJwt(token) : token;
  const payload = { ...told, ...claims };
  for (const [name, value] of Object.entries(payload)) if (value === null) delete payload[name];
  if (sign === 'json') return payload;
  const part = (thing) => Buffer.from(JSON.stringify(thing)).toString('base64url');
  if (sign === 'none') return `${part({ alg: 'none', ...header })}.${part(payload)}.`;
  const jwt = new jose.SignJWT(payload);
  if (sign === 'secret') { // the public key taken for a shared secret, and the client's own secret
    const secret = new TextEncoder().encode(header?.secret ?? JSON.stringify(key));
    return jwt.setProtectedHeader({ alg: 'HS256', kid: key.kid }).sign(secret);
  }
  const used = { own: key, old, stranger: await newKey() }[sign];
  const shown = sign === 'stranger' ? key.kid : used.kid; // a stranger says to be us
  return jwt.setProtectedHeader({ alg: 'ES256', kid: shown, ...header }).sign(await jose.importJWK(used, 'ES256'));
}

function body(request) {
  return new Promise((done) => {
    let text = '';
    request.on('data', (chunk) => { text += chunk; });
    request.on('end', () => done(text));
  });
}

const page = (content) => `<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Connexion</title>
<link rel="icon" href="data:,"></head><body><main>${content}</main></body></html>`;

async function interact(request, response) {
  if (request.method === 'GET') {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(page(`<h1>Service d’identité</h1><form method="post"><label>Identifiant <input name="login"></label>
      <button name="answer" value="yes">Se connecter</button> <button name="answer" value="no">Refuser</button></form>`));
    return;
  }
  const sent = new URLSearchParams(await body(request));
  const result = sent.get('answer') === 'no'
    ? { error: 'access_denied', error_description: 'declined' }
    : { login: { accountId: sent.get('login'), acr: control.acr, amr: control.amr } };
  await current.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

http.createServer(async (request, response) => {
  const { pathname } = new URL(request.url, issuer);
  if (pathname === '/_control') {
    Object.assign(control, JSON.parse(blank), JSON.parse(await body(request)));
    response.end('{}');
  } else if (pathname === '/_rotate') {
    old = key;
    key = await newKey();
    current = make();
    response.end('{}');
  } else if (pathname.startsWith('/interaction/')) {
    await interact(request, response);
  } else {
    await current.callback()(request, response);
  }
}).listen(port, '127.0.0.1', () => process.stdout.write('ready\n'));
