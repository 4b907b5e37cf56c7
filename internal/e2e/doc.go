// Package e2e tests the built command with the tools that people use beside it:
// JMeter as the load, HAProxy and nginx as gateways, the SQLite shell on a run file that
// is being written, Chromium for the report and the live page, Node.js, Chromium
// and curl as clients.
//
// Tests that need such a tool run with WHY403_E2E=1, and then fail if it is
// missing; .ci/run installs them all. The others run always.
package e2e
