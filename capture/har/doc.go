// Package har turns HTTP Archives (HAR 1.2) into records and records into archives.
//
// [Read] takes what browsers and proxies write. Of its entries those count that ask
// for a WebSocket: by the scheme of the URL, by an Upgrade field, or by the mark
// that Chrome invented and others took over (_resourceType, _webSocketMessages). An
// entry that posts a grant to a token endpoint (RFC 6749 §4) becomes a token
// request, and a Date field a sample of the gateway's clock. All else is left out.
// Every secret is masked by package token before a record is made.
//
// An archive tells less than a recording: heads have lost their order of bytes,
// frames are messages, the end of a socket is seldom given, nor who ended it. What
// is not there stays unseen, and notes of the run say what was missing.
//
// [Write] makes an archive in Chrome's form that its network panel and other tools
// open. It holds heads, times, the refusal's first bytes and how sockets ended; a
// record has no payloads.
package har
