import type { Settings } from './settings.js';

/** What a page could ask of the browser, and this one does not. Writing to the clipboard is what its copy buttons do. */
const UNUSED_FEATURES = [
  'accelerometer',
  'autoplay',
  'camera',
  'clipboard-read',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'gamepad',
  'geolocation',
  'gyroscope',
  'hid',
  'idle-detection',
  'local-fonts',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'picture-in-picture',
  'publickey-credentials-create',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'storage-access',
  'usb',
  'xr-spatial-tracking',
];

/**
 * Headers of every answer. A worker takes its policy from the answer that brought its script (Content Security Policy 3 §4.2.2), so the
 * scripts carry the same one as the page. `wasm-unsafe-eval` lets the Nym client's WebAssembly compile, and evaluates no JavaScript.
 * There is no `blob:` and no `data:`: downloads are navigations, which no fetch directive governs.
 */
export function securityHeaders({
  nymApiUrl,
  gatewayUrls,
}: Pick<Settings, 'nymApiUrl' | 'gatewayUrls'>): Record<string, string> {
  const connections = ["'self'", new URL(nymApiUrl).origin, ...gatewayUrls];
  const policy = [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    `connect-src ${[...new Set(connections)].join(' ')}`,
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    'Content-Security-Policy': policy.join('; '),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': [
      'clipboard-write=(self)',
      ...UNUSED_FEATURES.map((feature) => `${feature}=()`),
    ].join(', '),
  };
}
