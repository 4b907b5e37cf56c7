#!/usr/bin/env bash
# Fetches a version of uPlot from npm into this directory, unchanged:
#
#     internal/uplot/update.sh 1.6.32
#
# Then write the version and the sum it prints into VERSIONS, and run the tests of reports with WHY403_E2E=1.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
npm pack --silent --pack-destination "$work" "uplot@${1:?version}" >/dev/null
tar xzf "$work"/uplot-*.tgz -C "$work"
cp "$work/package/dist/uPlot.iife.min.js" uplot.js
cp "$work/package/dist/uPlot.min.css" uplot.css
cp "$work/package/LICENSE" LICENSE
sha256sum uplot.js
