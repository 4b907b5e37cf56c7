// Package token finds credentials wherever upgrades carry them, reads what they say
// without trusting it, and masks every secret before a record is made of the bytes
// (RFC 6750 §2, RFC 6749 §4 and §5, RFC 7519 §4.1, RFC 7516 §3.1).
//
// Everything goes through a [Keeper], one for each recording. It holds the key of the
// fingerprints and remembers two things: which tokens have been told, so that each is
// told once, and which values were secret, so that a token that comes back in a body,
// a redirect or a close reason is masked there too. It keeps a short index of those
// values and a MAC, not the values.
//
//   - [Keeper.Request] reads a request head: credentials in Authorization, query,
//     subprotocol, cookies and vendors' fields, and the head with masks;
//   - [Keeper.FirstFrame] reads the first text message of a client;
//   - [Keeper.Grant] and [Keeper.Issue] read a token request and its answer;
//   - [Keeper.MaskHead], [Keeper.MaskText], [Keeper.MaskBody] and [Keeper.MaskArgs]
//     mask answers, close reasons, bodies and command lines.
//
// # Marks
//
// A mark stands where a secret was: ‹jwt:0123456789abcdef:812› is its kind, its
// fingerprint and its length in bytes. A mark has no spaces and none of the characters
// that separate, so what was a request line, a list or JSON still is. What a load tool
// sends when it has no token (${access_token}, null) is no secret and stays.
//
// Masks err on the side of masking too much: a secret is known by the name before it
// (password=…), by its form (eyJ…) or because it was seen before.
package token
